package diversity

import (
	"math"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// rowNorms returns the Euclidean norm of each row of x, in float64.
func rowNorms(x matrix.View, threads int) []float64 {
	norms := make([]float64, x.N)
	blocks := (x.N + matrix.BlockRows - 1) / matrix.BlockRows
	tasks.Do(threads, blocks, func(_, b int) {
		r := matrix.Reader{M: x}
		lo := b * matrix.BlockRows
		for i, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			var sum float64
			for _, v := range row {
				sum += float64(v) * float64(v)
			}
			norms[lo+i] = math.Sqrt(sum)
		}
	})
	return norms
}
