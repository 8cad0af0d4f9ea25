package kmeans

import "repbench/internal/tasks"

// Rows are worked on in parts of partRows, whose results are added up in their
// order, and within a part block by block.
const (
	partRows = 8192
	block    = 32
)

func parts(n int) int { return (n + partRows - 1) / partRows }

// inParts calls do for each part of n rows, on the given number of goroutines.
func inParts(n, threads int, do func(part, lo, hi int)) {
	tasks.Do(threads, parts(n), func(_, part int) {
		do(part, part*partRows, min((part+1)*partRows, n))
	})
}

func rowsOf(x []float32, d, lo, hi int) [][]float32 {
	rows := make([][]float32, 0, block)
	for i := lo; i < hi; i++ {
		rows = append(rows, x[i*d:(i+1)*d])
	}
	return rows
}
