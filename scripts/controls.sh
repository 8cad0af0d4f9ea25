#!/usr/bin/env bash
# Two controls of the linear evaluation, on random encoders:
#
#   1. Shuffled labels give chance: with the labels of both splits shuffled, and
#      with those of the training split shuffled SHUFFLES times.
#   2. The best of SEEDS random encoders by validation accuracy gains nothing on the
#      test split beyond its interval.
#
#   scripts/controls.sh                              # the built-in set, a few minutes
#   DATA=cifar10=PATH scripts/controls.sh            # CIFAR-10, or a part of it
#
# DATA is a data set (the images of shapes are drawn from the seed in its name),
# ENCODER a random encoder, COSTS at least two C to choose from, OUT the folder for
# predictions and results. C is chosen on a tenth of the training images, the same
# for all encoders; so is the best encoder. docs/controls.md has the results.
set -euo pipefail
cd "$(dirname "$0")/.."
BIN=${BIN:-bin/repbench}
DATA=${DATA:-shapes:seed=1,train=2000,test=1000}
ENCODER=${ENCODER:-random:svhn32,width=16}
COSTS=${COSTS:-1e-3,1e-2,1e-1}
SHUFFLE_C=${SHUFFLE_C:-1e-2}
SEEDS=${SEEDS:-50}
SHUFFLES=${SHUFFLES:-20}
BACKEND=${BACKEND:-auto}
OUT=${OUT:-runs/controls}
[ -x "$BIN" ] || make build
case $COSTS in *,*) ;; *) echo "COSTS=$COSTS: need at least two, else there is no validation accuracy" >&2; exit 2 ;; esac
case $DATA in shapes*seed=* | [!s]* | s[!h]*) ;; *) echo "DATA=$DATA: give shapes a seed=N, else each encoder gets other images" >&2; exit 2 ;; esac
mkdir -p "$OUT"
rm -f "$OUT"/seed*.npy "$OUT"/shuffle*.npy
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

extract() { # extract SEED: the features of an encoder, in $work/f
	rm -rf "$work/f"
	"$BIN" extract --encoder "$ENCODER" --data "$DATA" --seed "$1" --out "$work/f" --backend "$BACKEND" -q >/dev/null
}

# shuffle FROM TO SEED: the NumPy file of int32 FROM with its rows in another order.
# The order is that of numbers from the generator of Park and Miller, the same on
# every machine.
shuffle() {
	local header
	header=$((10 + $(od -An -tu2 -j8 -N2 "$1")))
	head -c "$header" "$1" >"$2"
	# shellcheck disable=SC2059
	printf "$(od -An -v -tx1 -w4 -j"$header" "$1" |
		awk -v s="$3" 'BEGIN {s = s * 7919 % 2147483647; for (i = 0; i < 20; i++) s = s * 16807 % 2147483647}
			{s = s * 16807 % 2147483647; print s, NR, $0}' |
		sort -n -k1,1 -k2,2 | cut -d' ' -f3- | sed 's/^ *//; s/ /\\x/g; s/^/\\x/' | tr -d '\n')" >>"$2"
}

# fit TRAIN_Y TEST_Y PREDICTIONS: a fit at one C, what it predicts.
fit() {
	"$BIN" eval linear --train-x "$work/f/train_features.npy" --train-y "$1" --test-x "$work/f/test_features.npy" \
		--test-y "$2" --C "$SHUFFLE_C" --predictions "$3" --backend "$BACKEND" -q >/dev/null
}

extract 1
truth=$work/f/test_labels.npy
classes=$(od -An -v -td4 -w4 -j"$((10 + $(od -An -tu2 -j8 -N2 "$truth")))" "$truth" | sort -nu | wc -l)
cp "$truth" "$OUT/test_labels.npy"
echo "== $ENCODER on $DATA, $classes classes: chance is $(awk -v k="$classes" 'BEGIN {printf "%.2f", 100/k}') %"
echo "-- true labels, C = $SHUFFLE_C"
fit "$work/f/train_labels.npy" "$truth" "$OUT/true.npy"
"$BIN" eval compare --truth "$truth" "$OUT/true.npy"
echo "-- labels of both splits shuffled"
shuffle "$work/f/train_labels.npy" "$work/train.npy" 1
shuffle "$truth" "$OUT/shuffled_labels.npy" 2
fit "$work/train.npy" "$OUT/shuffled_labels.npy" "$OUT/shuffle_all.npy"
"$BIN" eval compare --truth "$OUT/shuffled_labels.npy" "$OUT/shuffle_all.npy"
echo "-- labels of the training split shuffled, $SHUFFLES times"
for s in $(seq "$SHUFFLES"); do
	shuffle "$work/f/train_labels.npy" "$work/train.npy" "$((100 + s))"
	fit "$work/train.npy" "$truth" "$OUT/shuffle$(printf %03d "$s").npy"
done
"$BIN" eval compare --truth "$truth" --seeds "$OUT"/shuffle[0-9]*.npy

echo "-- the best of $SEEDS random encoders"
valid=
for s in $(seq "$SEEDS"); do
	extract "$s"
	# The highest validation accuracy of the grid is that of the C that is taken.
	accuracy=$("$BIN" eval linear --features "$work/f" --seed 1 --C "$COSTS" --per-layer=false --json \
		--predictions "$OUT/seed$(printf %03d "$s").npy" --backend "$BACKEND" -q |
		grep -o '"valid_accuracy": *[0-9.eE+-]*' | sed 's/.*: *//' | sort -g | tail -1)
	valid=$valid${valid:+,}$accuracy
	[ -t 2 ] && printf '\r%d of %d' "$s" "$SEEDS" >&2 || true
done
[ -t 2 ] && echo >&2 || true
echo "$valid" >"$OUT/valid_accuracies.txt"
"$BIN" eval compare --truth "$OUT/test_labels.npy" --seeds --valid "$valid" "$OUT"/seed*.npy
"$BIN" eval compare --truth "$OUT/test_labels.npy" --seeds --valid "$valid" "$OUT"/seed*.npy --json >"$OUT/best_of.json"
