#!/usr/bin/env bash
# The program's own gate: the suite benchmarks/suites/quick.toml of this tree against the base that is committed.
#
#   scripts/gate.sh base    makes the base anew: 20 seeds, of one commit, in benchmarks/suites/base
#   scripts/gate.sh check   runs 5 seeds and compares; exit status as bench compare: 0, 3, 4, 1
#
# REPBENCH names the program (default bin/repbench), BASE the folder of the base, WORK the folder of the suite (a
# check without it takes one that is removed afterwards), JOBS how many cells run at a time.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${REPBENCH:-bin/repbench}
suite=benchmarks/suites/quick.toml
base=${BASE:-benchmarks/suites/base}
common=(--backend cpu --offline)

case "${1:-}" in
base)
	commit=$("$program" --version | sed -n 's/.*(commit \([^,]*\),.*/\1/p')
	case $commit in
	*-modified | unknown | '')
		echo "the program is of the commit '$commit'; commit the change first and run make gate-base again, as a base is of one commit" >&2
		exit 1
		;;
	esac
	work=${WORK:-runs/gate-base-$commit}
	"$program" bench run "$suite" --out "$work" --jobs "${JOBS:-1}" "${common[@]}"
	new=$(mktemp -d)
	trap 'rm -rf "$new"' EXIT
	"$program" bench record "$work" --ledger "$new"
	rm -rf "$base"
	mkdir -p "$base"
	cp -r "$new"/. "$base"/
	echo "the base is $(ls -d "$base"/*/*); commit it with the change that makes it necessary"
	;;
check)
	if ! ls "$base"/*/*.jsonl >/dev/null 2>&1; then
		echo "there is no base in $base; make gate-base makes it" >&2
		exit 1
	fi
	work=${WORK:-}
	if [ -z "$work" ]; then
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
	fi
	"$program" bench run "$suite" --out "$work/suite" --cache "$work/cache" --seeds 1..5 --jobs "${JOBS:-1}" "${common[@]}"
	"$program" bench compare "$base"/*/ "$work/suite" --suite "$suite"
	;;
*)
	sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
