# Functions of the benchmark programs: read by "source", not run.

# machine: the lines that a published table needs.
machine() {
	echo "$(date -u +%F), $(awk -F': ' '/model name/ {print $2; exit}' /proc/cpuinfo) ($(uname -m)), $(nproc) threads," \
		"$(go version | cut -d' ' -f3), commit $(git rev-parse --short HEAD), medians of $ROUNDS rounds."
}
# median: of the numbers on standard input, one per line.
median() { sort -g | awk '{v[NR]=$1} END {print (NR%2) ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }
# field NAME: the number behind "NAME": in JSON on standard input.
field() { grep -o "\"$1\": *[0-9.eE+-]*" | head -1 | sed 's/.*: *//'; }
# table TITLE COLUMN…: a heading and the head of a Markdown table.
table() {
	printf '\n## %s\n\n' "$1"
	shift
	row "$@"
	printf '|'
	for _ in "$@"; do printf -- '---|'; done
	echo
}
# row CELL…: one line of a Markdown table.
row() { printf '|'; printf ' %s |' "$@"; echo; }
# number VALUE: with four digits, whole from 1,000 on.
number() { awk -v a="$1" 'BEGIN {printf (a >= 1000 ? "%.0f" : "%.4g"), a}'; }
# ratio A B: A / B with two decimals.
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }
# percent A B: A in per cent of B.
percent() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.0f", 100 * a / b}'; }
