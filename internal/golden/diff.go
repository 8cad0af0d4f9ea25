package golden

import (
	"fmt"
	"strings"
)

// Diff returns the difference of two texts, line by line. Lines only in want begin with "-",
// lines only in got with "+", and up to three equal lines around a change with a space. A line
// "@@" replaces equal lines that are left out between two changes. The result is empty if the
// texts are equal.
func Diff(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	common := commonLines(a, b)
	var lines []string
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, " "+a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			lines = append(lines, "-"+a[i])
			i++
		default:
			lines = append(lines, "+"+b[j])
			j++
		}
	}
	return aroundChanges(lines)
}

// commonLines returns a table: element [i][j] is the length of the longest common subsequence
// of a[i:] and b[j:].
func commonLines(a, b []string) [][]int {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	return n
}

// aroundChanges keeps changed lines and three lines around them.
func aroundChanges(lines []string) string {
	const around = 3
	var b strings.Builder
	last := -1
	for i, l := range lines {
		near := false
		for _, other := range lines[max(0, i-around):min(len(lines), i+around+1)] {
			near = near || other[0] != ' '
		}
		if !near {
			continue
		}
		if last >= 0 && last != i-1 {
			b.WriteString("@@\n")
		}
		last = i
		fmt.Fprintln(&b, l)
	}
	return b.String()
}
