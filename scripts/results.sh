#!/usr/bin/env bash
# Measures the table of docs/results.md: every encoder on CIFAR-10, with all labels
# and with 400 per class. It adds records to $OUT/records.jsonl and writes a report.
#
#   scripts/results.sh DATA ENCODER=C,C… …
#
# DATA is a data set (cifar10, cifar10=PATH), C the costs to choose from on a tenth
# of the training images. Features are kept in the cache, so that a second run only
# fits again.
set -euo pipefail
cd "$(dirname "$0")/.."
OUT=${OUT:-runs/results}
BIN=${BIN:-bin/repbench}
data=$1
shift
mkdir -p "$OUT"
for pair in "$@"; do
	encoder=${pair%=*} costs=${pair##*=}
	"$BIN" eval linear --encoder "$encoder" --data "$data" --C "$costs" --record "$OUT/records.jsonl"
	"$BIN" eval fewshot --protocol cifar10-400 --encoder "$encoder" --data "$data" --C "$costs" --record "$OUT/records.jsonl"
done
"$BIN" report "$OUT/records.jsonl" --out "$OUT/report"
