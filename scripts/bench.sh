#!/usr/bin/env bash
# Measures the main paths and prints the tables of docs/benchmarks.md: beside PyTorch,
# OpenBLAS and LIBLINEAR where they are installed and the programs that run them lie
# in ../shared/peers (or $PEERS). Ours and the peer run alternately, ROUNDS times.
#
#   scripts/bench.sh                       # all parts
#   PARTS="products svm" scripts/bench.sh  # of: products convolutions skinny training svm
#
# FEATURES=DIR, a folder of repbench extract, is what part svm measures.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/bench_common.sh
ROUNDS=${ROUNDS:-3}
PARTS=${PARTS:-products convolutions skinny training svm}
PEERS=${PEERS:-../shared/peers}
PY=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# have MODULE FILE: whether a peer can run.
have() { [ -x "$PY" ] && "$PY" -c "import $1" 2>/dev/null && [ -f "$PEERS/$2" ]; }
# ours PACKAGE BENCHMARK UNIT: the metric of a Go benchmark.
ours() {
	local binary="$work/${1//\//_}.test"
	[ -x "$binary" ] || go test -c -o "$binary" "./$1"
	"$binary" -test.run '^$' -test.bench "$2" -test.benchtime "${BENCHTIME:-3x}" |
		awk -v u="$3" '{for (i=2; i<=NF; i++) if ($i==u) print $(i-1)}'
}
# alternate COMMAND [PEER]: runs both in turn; sets OURS and PEER to their medians
# (PEER is empty without a peer).
alternate() {
	: >"$work/a"
	: >"$work/b"
	for _ in $(seq "$ROUNDS"); do
		eval "$1" >>"$work/a"
		[ -z "${2:-}" ] || eval "$2" >>"$work/b"
	done
	[ -s "$work/a" ] || { echo "nothing was measured by: $1" >&2; exit 1; }
	OURS=$(median <"$work/a")
	PEER=""
	[ ! -s "$work/b" ] || PEER=$(median <"$work/b")
}
# beside TITLE UNIT HIGHER_IS_BETTER COMMAND [PEER]: a row with both and their ratio.
beside() {
	alternate "$4" "${5:-}"
	local times="-" peer="not here"
	if [ -n "$PEER" ]; then
		peer="$(number "$PEER") $2"
		times=$([ "$3" = 1 ] && ratio "$OURS" "$PEER" || ratio "$PEER" "$OURS")
	fi
	row "$1" "$(number "$OURS") $2" "$peer" "$times"
}

matmul=backends/cpu/internal/matmul
# The peak of fused multiply-adds, measured in turn with what stands beside it: on a
# shared machine it moves.
peak="BENCHTIME=100x ours $matmul Peak GFLOP/s"
openblas() { # openblas N: GFLOP/s of numpy's product, median of several calls
	OPENBLAS_CORETYPE=$(grep -q avx512f /proc/cpuinfo && echo SkylakeX || true) OPENBLAS_NUM_THREADS=$(nproc) "$PY" - "$1" <<-'END'
		import sys, time, numpy
		n = int(sys.argv[1])
		a = numpy.random.rand(n, n).astype(numpy.float32)
		a @ a
		times = []
		for _ in range(max(5, 16384 // n * 4096 // n)):
		    t = time.perf_counter(); a @ a; times.append(time.perf_counter() - t)
		print(2 * n**3 / sorted(times)[len(times) // 2] / 1e9)
	END
}

part_products() {
	local blas="" n dense
	[ -x "$PY" ] && "$PY" -c 'import numpy' 2>/dev/null && blas=yes
	table "Products of square matrices, GFLOP/s" order ours "% of peak" OpenBLAS "ours / OpenBLAS"
	for n in 512 1024 2048 4096; do
		dense="BENCHTIME=$((16384 / n * 4096 / n + 2))x ours $matmul 'Dense/n=$n\$' GFLOP/s"
		alternate "$dense" "$peak"
		local share
		share=$(percent "$OURS" "$PEER")
		alternate "$dense" "${blas:+openblas $n}"
		row "$n" "$(number "$OURS")" "$share" "${PEER:+$(number "$PEER")}" "${PEER:+$(ratio "$OURS" "$PEER")}"
	done
}

part_convolutions() {
	local layer form cells
	table "Convolutions (batch 128 for svhn32, 64 for imagenet32), GFLOP/s and % of peak" layer forward "by input" "by kernel"
	for layer in svhn32/conv{1,2,3} imagenet32/conv{1,2,3,4,5,6}; do
		cells=()
		for form in forward byInput byKernel; do
			alternate "BENCHTIME=8x ours backends/cpu/internal/conv 'Conv/layer=$layer/form=$form\$' GFLOP/s" "$peak"
			cells+=("$(number "$OURS") ($(percent "$OURS" "$PEER") %)")
		done
		row "$layer" "${cells[@]}"
	done
}

part_skinny() {
	local what
	table "20,000 x 28,672 times ten columns" "" GB/s "% of a plain read of the same memory"
	for what in product transposed; do
		alternate "ours $matmul 'Skinny/what=$what' GB/s" "ours $matmul 'Skinny/what=read' GB/s"
		row "$what" "$(number "$OURS")" "$(percent "$OURS" "$PEER")"
	done
}

part_training() {
	local last
	torch() { ! have torch dcgan_torch.py || echo "$PY $PEERS/dcgan_torch.py --arch $1 --batch $2 --steps 3 --warmup 1 $3 | field images_per_s"; }
	table "Training and extraction beside PyTorch" "" ours PyTorch ratio
	for last in "" --channels-last; do
		beside "training svhn32, batch 128, D and G on each batch${last:+, beside $last}" images/s 1 \
			"ours train/dcgan 'Step/arch=svhn32/width=64' images/s" "$(torch svhn32 128 "$last")"
		beside "training imagenet32, batch 64${last:+, beside $last}" images/s 1 \
			"ours train/dcgan 'Step/arch=imagenet32' images/s" "$(torch imagenet32 64 "$last")"
	done
	beside "extracting svhn32 features" images/s 1 "ours features 'Encode/arch=svhn32/width=64' images/s"
}

part_svm() {
	if [ -z "${FEATURES:-}" ]; then
		echo "part svm: set FEATURES=DIR, a folder of repbench extract" >&2
		return
	fi
	local svm="" few=""
	[ -x bin/repbench ] || make build >&2
	if have sklearn svm_liblinear.py; then
		svm="$PY $PEERS/svm_liblinear.py $FEATURES/{train_features,train_labels,test_features,test_labels}.npy --C 1e-4 | field fit_s"
		"$PY" - "$FEATURES" "$work" <<-'END'
			import sys, numpy
			x = numpy.load(sys.argv[1] + '/train_features.npy', mmap_mode='r')
			y = numpy.load(sys.argv[1] + '/train_labels.npy')
			rows = numpy.sort(numpy.concatenate([numpy.flatnonzero(y == k)[:100] for k in numpy.unique(y)]))
			numpy.save(sys.argv[2] + '/x.npy', x[rows].astype(numpy.float32))
			numpy.save(sys.argv[2] + '/y.npy', y[rows])
		END
		few="for c in 1e-4 2e-4 5e-4 1e-3 2e-3 5e-3 1e-2; do $PY $PEERS/svm_liblinear.py $work/{x,y,x,y}.npy --C \$c | field fit_s; done | awk '{s += \$1} END {print s}'"
	fi
	table "Linear SVM on $(basename "$FEATURES") beside LIBLINEAR (dual, tolerance 1e-3)" "" ours LIBLINEAR ratio
	beside "one fit, C = 1e-4" s 0 \
		"bin/repbench eval linear --features $FEATURES --C 1e-4 --per-layer=false --record $work/r.jsonl --json -q | field fit_seconds" "$svm"
	beside "100 labels per class, seven C" s 0 \
		"REPBENCH_BENCH_FEATURES=$(realpath "$FEATURES") BENCHTIME=1x ours eval/linear 'FewLabels/features/labels=100' s/path" "$few"
}

machine
for part in $PARTS; do
	declare -F "part_$part" >/dev/null || { echo "PARTS: there is no part $part" >&2; exit 2; }
	"part_$part"
done
