#!/usr/bin/env bash
# Measures on real images whether the memorisation check sees copies and leaves honest
# generators alone, and prints the bars beside what was measured, as a Markdown table.
#
#   scripts/bench_memorisation.sh
#   PARTS="pixels default" scripts/bench_memorisation.sh  # of: pixels default copies svhn gan second
#
# DATA is a CIFAR-10 with a training and a test split, WEIGHTS the released SVHN generator
# (an honest one, whose images are unlike CIFAR-10), RUN a DCGAN trained on the same
# training images: STEPS updates of svhn32 are made there where it is absent. OUT keeps
# the documents; what is there already is not measured again.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/bench_common.sh
BIN=${BIN:-bin/repbench}
DATA=${DATA:-cifar10=../shared/data/cifar10-jpeg.tar.gz}
WEIGHTS=${WEIGHTS:-../shared/data/svhn_dcgan_2015}
OUT=${OUT:-runs/bench-memorisation}
RUN=${RUN:-$OUT/gan}
STEPS=${STEPS:-1816}
PARTS=${PARTS:-pixels default copies svhn gan second}
BACKEND=${BACKEND:-auto}
ROUNDS=1
[ -x "$BIN" ] || make build
mkdir -p "$OUT"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/helper" ./scripts/memorisation

# rows OUT PART…: a NumPy file of rows of the prepared set.
rows() { "$work/helper" rows "$@"; }
# check NAME ARGUMENTS…: the document NAME.json, and how long it took.
check() {
	local name=$1
	shift
	[ -s "$OUT/$name.json" ] && return
	local start
	start=$(date +%s)
	"$BIN" memorization "$@" --json >"$work/$name.json"
	mv "$work/$name.json" "$OUT/$name.json"
	echo "$name: $(($(date +%s) - start)) s" >>"$OUT/times.txt"
}
# part NAME: whether it is asked for.
part() { case " $PARTS " in *" $1 "*) ;; *) return 1 ;; esac; }

# Rows in the order of seed 1: test images 0 to 5,999 are the null and the false alarms,
# 6,000 to 7,499 an honest generator; training images 0 to 19,999 a smaller training set.
set=$OUT/set
[ -s "$set/manifest.json" ] || "$BIN" data prepare "$DATA" --size 32 --out "$set"
train=$set/train_images.npy test=$set/test_images.npy
rows "$work/train.npy" "$train:0:20000:1"
rows "$work/null.npy" "$test:0:6000:1"
rows "$work/honest.npy" "$test:6000:7500:1"
rows "$work/copies.npy" "$work/train.npy:0:15" "$test:6000:7485:1"
few=(--train "$work/train.npy" --null "$work/null.npy" --control 300)
all=(--train "$train" --null "$work/null.npy" --control 300)

if part pixels; then
	check pixels --images "$work/honest.npy" "${all[@]}" --metric pixels
fi
if part default; then
	check default --images "$work/honest.npy" "${few[@]}"
	cp "$OUT/default.json" "$OUT/honest.json"
fi
if part copies; then
	check copies --images "$work/copies.npy" "${few[@]}" --control 0
fi
if part svhn; then
	generator=(--run "theano:$WEIGHTS" --n 1500 --backend "$BACKEND")
	check svhn "${generator[@]}" "${few[@]}" --control 0
	check svhn-distance "${generator[@]}" "${few[@]}" --control 0 --metric pixels --score distance
fi
if part gan; then
	[ -d "$RUN/checkpoints" ] || "$BIN" train --arch svhn32 --data "$DATA" --steps "$STEPS" --backend "$BACKEND" --out "$RUN"
	check gan --run "$RUN" --n 2000 --backend "$BACKEND" "${all[@]}" --control 0
fi

# A second test in the features of the released discriminator, for blends.
if part second; then
	for name in few all; do
		declare -n sets=$name
		[ $name = few ] || check "default-$name" --images "$work/honest.npy" "${sets[@]}"
		check "second-$name" --images "$work/honest.npy" "${sets[@]}" --with-encoder "theano:$WEIGHTS" --backend "$BACKEND"
	done
fi

machine
echo
"$work/helper" table "$OUT"
