#!/usr/bin/env bash
# Measures the main paths, beside PyTorch and LIBLINEAR where they are installed
# and the programs to run them lie in ../shared/peers (or $PEERS). Each pair runs
# alternately; medians and ratios are printed. ROUNDS=3 by default.
set -euo pipefail
cd "$(dirname "$0")/.."
ROUNDS=${ROUNDS:-3}
PEERS=${PEERS:-../shared/peers}
PY=${PYTHON:-/usr/bin/python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

median() { sort -g | awk '{v[NR]=$1} END {print (NR%2) ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
have() { [ -x "$PY" ] && "$PY" -c "import $1" 2>/dev/null && [ -f "$PEERS/$2" ]; }
# field NAME: the number behind "NAME": in JSON on standard input.
field() { grep -o "\"$1\": *[0-9.eE+-]*" | head -1 | sed 's/.*: *//'; }
# ours PACKAGE BENCHMARK UNIT: the metric of a Go benchmark.
ours() {
	"$work/$(basename "$1").test" -test.run '^$' -test.bench "$2" -test.benchtime "${BENCHTIME:-3x}" |
		tee -a "$work/all.txt" | awk -v u="$3" '{for (i=2; i<=NF; i++) if ($i==u) print $(i-1)}'
}

echo "machine: $(uname -m), $(nproc) threads, $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo)"
echo "date: $(date -u +%F), $(go version | cut -d' ' -f3), commit $(git rev-parse --short HEAD)"
for p in train features eval backends/cpu/internal/matmul backends/cpu/internal/conv; do
	go test -c -o "$work/$(basename "$p").test" "./$p"
done

pair() { # pair TITLE UNIT HIGHER_IS_BETTER OURS_CMD PEER_CMD
	: >"$work/a"; : >"$work/b"
	for _ in $(seq "$ROUNDS"); do
		eval "$4" >>"$work/a"
		[ -z "$5" ] || eval "$5" >>"$work/b"
	done
	local a b=""
	[ -s "$work/a" ] || { echo "$1: nothing was measured" >&2; exit 1; }
	a=$(median <"$work/a")
	if [ -s "$work/b" ]; then
		b=$(median <"$work/b")
		awk -v t="$1" -v u="$2" -v a="$a" -v b="$b" -v h="$3" \
			'BEGIN {printf "%-48s %10.4g %-9s peer %10.4g  ratio %.2f\n", t, a, u, b, h ? a/b : b/a}'
	else
		awk -v t="$1" -v u="$2" -v a="$a" 'BEGIN {printf "%-48s %10.4g %-9s (no peer here)\n", t, a, u}'
	fi
}

# --- The CPU backend by itself ---
# share TITLE VALUE REFERENCE UNIT: a figure and what part of the reference it is.
share() { awk -v t="$1" -v a="$2" -v p="$3" -v u="$4" 'BEGIN {printf "%-48s %10.4g %-9s %.0f %% of %.4g\n", t, a, u, 100*a/p, p}'; }
# ofpeak TITLE COMMAND: its GFLOP/s beside the peak of fused multiply-adds on all
# threads, measured in turn with it: on a shared machine the peak moves.
ofpeak() {
	: >"$work/a"; : >"$work/p"
	for _ in $(seq "$ROUNDS"); do
		BENCHTIME=100x ours matmul Peak GFLOP/s >>"$work/p"
		eval "$2" >>"$work/a"
	done
	cat "$work/p" >>"$work/peaks"
	share "$1" "$(median <"$work/a")" "$(median <"$work/p")" "GFLOP/s, of peak"
}

openblas() { # openblas N: GFLOP/s of numpy's product, 5 calls
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
blas=""
[ -x "$PY" ] && "$PY" -c 'import numpy' 2>/dev/null && blas=yes
for n in 512 1024 2048 4096; do
	dense="BENCHTIME=$((16384 / n * 4096 / n + 2))x ours matmul 'Dense/n=$n\$' GFLOP/s"
	ofpeak "product of ${n}x$n matrices" "$dense"
	[ -z "$blas" ] || pair "    beside OpenBLAS" GFLOP/s 1 "$dense" "openblas $n"
done
for l in svhn32/conv{1,2,3} imagenet32/conv{1,2,3,4,5,6}; do
	for form in forward byInput byKernel; do
		ofpeak "convolution $l $form" "BENCHTIME=8x ours conv 'Conv/layer=$l/form=$form' GFLOP/s"
	done
done
printf '%-48s %10.4g GFLOP/s\n' "the highest peak of all these" "$(sort -g "$work/peaks" | tail -1)"
for _ in $(seq "$ROUNDS"); do
	for what in read product transposed; do BENCHTIME=3x ours matmul "Skinny/what=$what" GB/s >>"$work/skinny.$what"; done
done
for what in product transposed; do
	share "20,000 x 28,672, ten columns: $what" "$(median <"$work/skinny.$what")" "$(median <"$work/skinny.read")" "GB/s, of a plain read"
done

# --- Beside other programs ---
torch() { have torch dcgan_torch.py && echo "$PY $PEERS/dcgan_torch.py --arch $1 --batch $2 --steps 3 --warmup 1 $3 | field images_per_s" || true; }
for last in "" --channels-last; do
	pair "train svhn32, batch 128 (D and G) ${last:+against $last}" images/s 1 "ours train 'Step/arch=svhn32/width=64' images/s" "$(torch svhn32 128 "$last")"
	pair "train imagenet32, batch 64 (D and G) ${last:+against $last}" images/s 1 "ours train 'Step/arch=imagenet32' images/s" "$(torch imagenet32 64 "$last")"
done
pair "extract svhn32 features" images/s 1 "ours features 'Encode/arch=svhn32/width=64' images/s" ""

# FEATURES=DIR (of repbench extract) measures the SVM on real features.
if [ -n "${FEATURES:-}" ]; then
	svm="" few=""
	have sklearn svm_liblinear.py && svm="$PY $PEERS/svm_liblinear.py $FEATURES/{train_features,train_labels,test_features,test_labels}.npy --C 1e-4 | field fit_s"
	pair "SVM on $FEATURES, C = 1e-4" s 0 \
		"bin/repbench eval linear --features $FEATURES --C 1e-4 --per-layer=false --record $work/r.jsonl --json -q | field fit_seconds" "$svm"
	if [ -n "$svm" ]; then
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
	pair "SVM, 100 labels a class, seven C" s 0 \
		"REPBENCH_BENCH_FEATURES=$FEATURES BENCHTIME=1x ours eval 'FewLabels/features/labels=100' s/path" "$few"
else
	echo "SVM: set FEATURES=DIR, a folder of repbench extract, to measure it on real features"
fi
