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
for p in train features; do go test -c -o "$work/$p.test" "./$p"; done

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

torch() { have torch dcgan_torch.py && echo "$PY $PEERS/dcgan_torch.py --arch $1 --batch $2 --steps 3 --warmup 1 | field images_per_s" || true; }
pair "train svhn32, batch 128 (D and G)" images/s 1 "ours train 'Step/arch=svhn32/width=64' images/s" "$(torch svhn32 128)"
pair "train imagenet32, batch 16 (D and G)" images/s 1 "ours train 'Step/arch=imagenet32' images/s" "$(torch imagenet32 16)"
pair "extract svhn32 features" images/s 1 "ours features 'Encode/arch=svhn32/width=64' images/s" ""

# FEATURES=DIR (of repbench extract) measures the SVM on real features.
if [ -n "${FEATURES:-}" ]; then
	svm=""
	have sklearn svm_liblinear.py && svm="$PY $PEERS/svm_liblinear.py $FEATURES/{train_features,train_labels,test_features,test_labels}.npy --C 1e-4 | field fit_s"
	pair "SVM on $FEATURES, C = 1e-4" s 0 \
		"bin/repbench eval linear --features $FEATURES --C 1e-4 --per-layer=false --record $work/r.jsonl --json -q | field fit_seconds" "$svm"
else
	echo "SVM: set FEATURES=DIR, a folder of repbench extract, to measure it on real features"
fi
