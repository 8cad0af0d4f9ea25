#!/usr/bin/env bash
# Measures "data prepare" beside Pillow in two processes, with and without its draft
# mode: the photographs of $SHARED/data/imagenet-sample, repeated to a tar file of
# about $IMAGES files. The programs run alternately, ROUNDS times each; medians and
# ratios are printed, with the peak memory of the last round.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/bench_common.sh
SHARED=${SHARED:-../shared}
ROUNDS=${ROUNDS:-3}
IMAGES=${IMAGES:-2000}
WORKERS=${WORKERS:-$(nproc)}
SIZES=${SIZES:-32 64}
PY=${PYTHON:-/usr/bin/python3}
photographs=$SHARED/data/imagenet-sample
[ -d "$photographs" ] || { echo "there are no photographs in $photographs; set SHARED" >&2; exit 1; }
peer=yes
"$PY" -c 'import PIL, numpy' 2>/dev/null || { peer=""; echo "Pillow is not installed for $PY: no peer" >&2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

machine
echo "$WORKERS threads and processes"
go build -o "$work/repbench" ./cmd/repbench

mkdir "$work/set"
n=0
while [ "$n" -lt "$IMAGES" ]; do
	for f in "$photographs"/*.JPEG; do
		ln "$f" "$work/set/$n.jpg" 2>/dev/null || cp "$f" "$work/set/$n.jpg"
		n=$((n + 1))
	done
done
tar -cf "$work/set.tar" --hard-dereference -C "$work" set
rm -r "$work/set"
echo "$n files, $(stat -c %s "$work/set.tar") bytes"

# ours NAME COMMAND…, pillow NAME OPTIONS…: append images/s to NAME, leave the peak memory in NAME.mb.
ours() {
	local name=$1
	shift
	rm -rf "$work/out"
	"$@" --out "$work/out" --json -q >"$work/json" &
	local pid=$! peak=0 now
	while now=$(awk '/VmHWM/ {print $2}' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		peak=$now
		sleep 0.05
	done
	wait "$pid"
	awk -v n="$n" -v s="$(field seconds <"$work/json")" 'BEGIN {print n / s}' >>"$work/$name"
	echo $((peak / 1024)) >"$work/$name.mb"
}
pillow() {
	local name=$1
	shift
	rm -rf "$work/out"
	"$PY" scripts/peers/prepare_pillow.py "$work/set.tar" --workers "$WORKERS" --out "$work/out" "$@" >"$work/json"
	field images_per_second <"$work/json" >>"$work/$name"
	field peak_rss_mb <"$work/json" >"$work/$name.mb"
}
# beside TITLE OURS PEER: a row with the medians of both files.
beside() {
	local a b
	a=$(median <"$work/$2")
	if [ -f "$work/$3" ]; then
		b=$(median <"$work/$3")
		row "$1" "$(number "$a")" "$(cat "$work/$2.mb")" "$(number "$b")" "$(cat "$work/$3.mb")" "$(ratio "$a" "$b")"
	else
		row "$1" "$(number "$a")" "$(cat "$work/$2.mb")" "not here" "" ""
	fi
}

table "data prepare beside Pillow, images/s and peak memory in MB" "" ours MB Pillow MB ratio
for size in $SIZES; do
	for _ in $(seq "$ROUNDS"); do
		for decode in full scaled draft; do
			ours "$decode.$size" "$work/repbench" data prepare "folder:$work/set.tar" --size "$size" --decode "$decode" --threads "$WORKERS"
		done
		[ -z "$peer" ] || { pillow "pillow.$size" --size "$size"; pillow "pillowdraft.$size" --size "$size" --draft; }
	done
	beside "size $size, full, Pillow in full" "full.$size" "pillow.$size"
	beside "size $size, scaled, Pillow with draft" "scaled.$size" "pillowdraft.$size"
	beside "size $size, draft, Pillow with draft" "draft.$size" "pillowdraft.$size"
done
