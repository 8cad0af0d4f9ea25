#!/bin/sh
# The tests whose results depend on the kernels of the CPU backend, on each of the instruction sets
# named (avx512, avx2, portable): the backend itself, an update of each network, and what was computed
# elsewhere beforehand for the figures of package vis and for the conditional model. Where the machine
# has none of a set, the best it has is tested. Each test program is built once.
#
#   scripts/test_kernels.sh [avx512 avx2 portable]
set -eu
cd "$(dirname "$0")/.."
GO=${GO:-go}
GOLDEN='Golden|Released|Portable'
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT

# tested PACKAGES FLAGS runs the tests of packages on all sets.
tested() {
	for package in $($GO list $1); do
		$GO test -c -o "$bin/test" "$package"
		[ -f "$bin/test" ] || continue # it has no tests
		dir=$($GO list -f '{{.Dir}}' "$package")
		for set in $sets; do
			printf '%s %s ' "$set" "$package"
			(cd "$dir" && REPBENCH_SIMD=$set "$bin/test" -test.short $2) >"$bin/out" 2>&1 || { cat "$bin/out"; failed=1; }
			tail -1 "$bin/out"
		done
		rm "$bin/test"
	done
}

failed=0
sets=${*:-avx2 portable}
tested "./backends/cpu/... ./train" ""
tested "./vis ./vis/filters ./vis/forget ./vis/invert ./vis/latent ./train/mnistcond" "-test.run $GOLDEN"
exit $failed
