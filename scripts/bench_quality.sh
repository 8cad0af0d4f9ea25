#!/usr/bin/env bash
# Measures metrics of generated rows beside other programs and prints Markdown tables.
# Every figure of a row comes from one run, in turns.
#
#   scripts/bench_quality.sh
#   PARTS=prdc ROWS=2000 COLUMNS_=512 ROUNDS=1 scripts/bench_quality.sh  # a small trial
#
# Part prdc: precision, recall, density and coverage of ROWS real and ROWS generated rows of
# COLUMNS_ columns, beside the formulas in NumPy (scripts/peers/prdc_numpy.py) with float32
# and float64. PYTHON needs NumPy with a fast BLAS.
#
# Part frechet: the Fréchet distance of as many rows and columns, beside numpy.cov and
# scipy.linalg.sqrtm (scripts/peers/frechet_scipy.py) on all threads. The root of 7,168
# columns takes SciPy many minutes: COLUMNS_=7168 ROUNDS=1, or PEER=0 to leave it out.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/bench_common.sh
BIN=${BIN:-bin/repbench}
PYTHON=${PYTHON:-/usr/bin/python3}
PARTS=${PARTS:-prdc frechet}
PEER=${PEER:-1}
ROUNDS=${ROUNDS:-3}
ROWS=${ROWS:-10000}
COLUMNS_=${COLUMNS_:-2048}
export OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-}
[ -n "$OPENBLAS_CORETYPE" ] || unset OPENBLAS_CORETYPE
[ -x "$BIN" ] || make build
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# part NAME: whether it is asked for.
part() { case " $PARTS " in *" $1 "*) ;; *) return 1 ;; esac; }
# features FILE ROWS COLUMNS MEAN SEED: non-negative features of COLUMNS columns, like those
# behind a rectifier, of rank about a quarter of the columns.
features() {
	"$PYTHON" - "$@" <<'PY'
import sys
import numpy as np
path, n, d, mean, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), int(sys.argv[5])
mixing = np.random.RandomState(1).randn(d // 4, d).astype('f') / (d // 4) ** 0.5
x = np.random.RandomState(seed).randn(n, d // 4).astype('f') @ mixing + np.float32(mean)
np.save(path, np.maximum(x, 0, out=x))
PY
}
# ours METRIC…: the value of each metric, and the seconds that it took, as one JSON line.
ours() {
	"$BIN" quality --real "$work/real.npy" --gen "$work/gen.npy" --quiet --json --halves 0 --metrics "$@" | "$PYTHON" -c '
import json, sys
m = json.load(sys.stdin)["metrics"]
print(json.dumps({**{k: v["value"] for k, v in m.items()}, "seconds": max(v["seconds"] for v in m.values())}))'
}

# seconds NAME: the median over rounds.
seconds() { for f in "$work/$1"[0-9]*; do field seconds <"$f"; done | median; }

machine
if part prdc; then
	features "$work/real.npy" "$ROWS" "$COLUMNS_" 0.1 2
	features "$work/gen.npy" "$ROWS" "$COLUMNS_" 0.12 3
	for ((i = 0; i < ROUNDS; i++)); do
		ours prdc >"$work/ours$i"
		for dtype in float32 float64; do
			"$PYTHON" scripts/peers/prdc_numpy.py --real "$work/real.npy" --gen "$work/gen.npy" --dtype $dtype >"$work/$dtype$i"
		done
	done
	table "Precision, recall, density and coverage of $ROWS + $ROWS × $COLUMNS_" program seconds "ratio to ours" precision recall density coverage
	own=$(seconds ours)
	for name in ours float32 float64; do
		seconds=$(seconds $name)
		values=()
		for v in precision recall density coverage; do values+=("$(field $v <"$work/${name}0")"); done
		case $name in ours) title=repbench ;; *) title="NumPy $name" ;; esac
		row "$title" "$(number "$seconds")" "$(ratio "$seconds" "$own")" "${values[@]}"
	done
fi
if part frechet; then
	features "$work/real.npy" "$ROWS" "$COLUMNS_" 0.1 2
	features "$work/gen.npy" "$ROWS" "$COLUMNS_" 0.12 3
	rm -f "$work"/ours[0-9]*
	for ((i = 0; i < ROUNDS; i++)); do
		ours frechet --max-memory 4GB >"$work/ours$i"
		[ "$PEER" = 0 ] || "$PYTHON" scripts/peers/frechet_scipy.py --real "$work/real.npy" --gen "$work/gen.npy" >"$work/scipy$i"
	done
	table "Fréchet distance of $ROWS + $ROWS × $COLUMNS_" program seconds "ratio to ours" distance
	own=$(seconds ours)
	row repbench "$(number "$own")" 1 "$(field frechet <"$work/ours0")"
	if [ "$PEER" != 0 ]; then
		row "NumPy, SciPy sqrtm" "$(number "$(seconds scipy)")" "$(ratio "$(seconds scipy)" "$own")" "$(field value <"$work/scipy0")"
	fi
fi
