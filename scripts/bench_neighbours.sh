#!/usr/bin/env bash
# Measures the exact search of neighbours beside FAISS's flat index, where FAISS is installed for
# Python, and beside the machine's peak of products. Ours and the peer run alternately, ROUNDS times,
# and the medians stand in the tables, in 1e9 products of two numbers a second, by the clock (COLUMN=1)
# or by processor time (COLUMN=2), which other programs on the machine disturb less.
#
#   scripts/bench_neighbours.sh                        # 2,000 queries among 50,000 × 3,072
#   N=10000 M=500 ROUNDS=1 scripts/bench_neighbours.sh # a trial
#   LEVELS=avx2 scripts/bench_neighbours.sh            # one instruction set (default: avx512 avx2)
#
# Beside images the peer has the same numbers as floats. CORETYPE= leaves the choice of OpenBLAS's
# kernels to OpenBLAS, whose older versions take those of AVX2 on newer processors.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/bench_common.sh
ROUNDS=${ROUNDS:-3}
N=${N:-50000}
M=${M:-2000}
COLUMN=${COLUMN:-1}
PY=${PYTHON:-/usr/bin/python3}
CORETYPE=${CORETYPE-$(grep -q avx512f /proc/cpuinfo && echo SkylakeX || true)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unit=$([ "$COLUMN" = 1 ] && echo Gproducts/s || echo Gproducts/cpu-s)
go test -c -o "$work/neighbours.test" ./eval/neighbours

# ours BENCHMARK: products a second of a Go benchmark.
ours() {
	REPBENCH_BENCH_IMAGES=$N,$M "$work/neighbours.test" -test.run '^$' -test.bench "$1" -test.benchtime 1x |
		awk -v u="$unit" '{for (i=2; i<=NF; i++) if ($i==u) print $(i-1)}'
}
# peer KIND K: products a second of FAISS, nothing without it.
peer() {
	"$PY" -c 'import faiss' 2>/dev/null || return 0
	OPENBLAS_CORETYPE=$CORETYPE OMP_NUM_THREADS=$(nproc) \
		"$PY" scripts/peers/neighbours_faiss.py "$1" "$N" "$M" 3072 "$2" | cut -d' ' -f"$COLUMN"
}
# compare TITLE BENCHMARK KIND K [PEAK]: a row with ours, FAISS, their ratio and the share of the peak.
compare() {
	: >"$work/a"; : >"$work/b"; : >"$work/p"
	for _ in $(seq "$ROUNDS"); do
		ours "$2" >>"$work/a"
		[ -z "$3" ] || peer "$3" "$4" >>"$work/b"
		[ -z "${5:-}" ] || ours "$5" >>"$work/p"
	done
	[ -s "$work/a" ] || { echo "nothing was measured by $2" >&2; exit 1; }
	local a b p times="-" share="-"
	a=$(median <"$work/a")
	b=$([ ! -s "$work/b" ] || median <"$work/b")
	p=$([ ! -s "$work/p" ] || median <"$work/p")
	[ -z "$b" ] || times=$(ratio "$a" "$b")
	[ -z "$p" ] || share="$(percent "$a" "$p") %"
	row "$1" "$(number "$a")" "${b:+$(number "$b")}" "$times" "$share"
}

machine
table "Nearest of $M queries among $N rows of 3,072, $unit" search ours FAISS times "of the peak"
for level in ${LEVELS:-$(grep -q avx512_vnni /proc/cpuinfo && echo avx512) avx2}; do
	export REPBENCH_SIMD=$level
	vnni=$([ "$level" = avx512 ] && echo PeakBytes || true)
	for k in 1 50; do
		compare "bytes, pixels, k = $k, $level" "SearchImages/metric=pixels/k=$k\$" bytes "$k" "$vnni"
	done
	[ "$level" = avx2 ] || compare "bytes, correlation, k = 50, $level" 'SearchImages/metric=correlation/k=50$' "" 0 "$vnni"
	for k in 1 200; do
		compare "floats, k = $k, $level" "SearchFloats/k=$k\$" floats "$k" PeakFloats
	done
done
