package cholesky

import (
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
	"slices"
)

// Square is a symmetric or lower triangular n×n matrix of float32, row-major;
// only the lower triangle counts.
type Square struct {
	N int       // order
	A []float32 // N×N
}

// NewSquare returns a matrix of zeros of order n.
func NewSquare(n int) *Square { return &Square{N: n, A: make([]float32, n*n)} }

// Clone returns a copy.
func (s *Square) Clone() *Square { return &Square{N: s.N, A: slices.Clone(s.A)} }

// Row returns the elements [lo, hi) of row i.
func (s *Square) Row(i, lo, hi int) []float32 { return s.A[i*s.N+lo : i*s.N+hi] }

// Gram sets the lower triangle of s to X·Xᵀ + c, with products in float32 and
// sums widened as Panel does.
func (s *Square) Gram(x matrix.View, c float64, threads int) {
	readers := make([]matrix.Reader, max(1, threads))
	for i := range readers {
		readers[i].M = x
	}
	var panels simd.Panel[float32]
	for j0 := 0; j0 < s.N; j0 += factorBlock {
		j1 := min(j0+factorBlock, s.N)
		panels.PackRows(copyRows(x, j0, j1))
		s.update(&panels, j0, j1, j0, threads, func(worker, lo, hi int) [][]float32 {
			return readers[worker].Read(lo, hi)
		}, func(_ float32, dot float64) float32 { return float32(dot + c) })
	}
}

// copyRows returns the rows [lo, hi) of x as slices that stay valid.
func copyRows(x matrix.View, lo, hi int) [][]float32 {
	var rows [][]float32
	for ; lo < hi; lo += matrix.BlockRows {
		r := matrix.Reader{M: x}
		rows = append(rows, r.Read(lo, min(lo+matrix.BlockRows, hi))...)
	}
	return rows
}

// update sets the columns [j0, j1) of the rows from `from` on to f of the old
// element and the product of rows(i) with the panel.
func (s *Square) update(p *simd.Panel[float32], j0, j1, from, threads int, rows func(worker, lo, hi int) [][]float32, f func(old float32, dot float64) float32) {
	blocks := (s.N - from + matrix.BlockRows - 1) / matrix.BlockRows
	buffers := make([][]float64, max(1, threads))
	tasks.Do(threads, blocks, func(worker, b int) {
		lo := from + b*matrix.BlockRows
		hi := min(lo+matrix.BlockRows, s.N)
		buffers[worker] = vec.Zeroed(buffers[worker], matrix.BlockRows*p.Stride())
		dots := buffers[worker]
		p.Dot(dots, rows(worker, lo, hi))
		for i := lo; i < hi; i++ {
			z := dots[(i-lo)*p.Stride():]
			row := s.Row(i, j0, j1)
			for j := range row {
				row[j] = f(row[j], z[j])
			}
		}
	})
}

// rows returns the columns [j0, j1) of the rows [lo, hi).
func (s *Square) rows(lo, hi, j0, j1 int) [][]float32 {
	r := make([][]float32, 0, hi-lo)
	for i := lo; i < hi; i++ {
		r = append(r, s.Row(i, j0, j1))
	}
	return r
}

// shifted adds c to the diagonal.
func (s *Square) shifted(c float64) *Square {
	for i := range s.N {
		s.A[i*s.N+i] = float32(float64(s.A[i*s.N+i]) + c)
	}
	return s
}

// ByPanels calls product for the parts of the lower triangle: up to most of the w
// columns of the panel row, from column first on, by the panel col. Element i, j of
// the part is c[offsets[i]+j].
func (s *Square) ByPanels(w, most, threads int, product func(row, first, col int, c []float32, offsets []int)) {
	parts := (w + most - 1) / most
	step := (w + parts - 1) / parts // even ones
	count := s.N / w
	tasks.Do(threads, count, func(_, task int) {
		row := count - 1 - task // the longest first
		offsets := make([]int, step)
		for first := 0; first < w; first += step {
			rows := min(step, w-first)
			for i := range rows {
				offsets[i] = (row*w + first + i) * s.N
			}
			for col := range row + 1 {
				product(row, first, col, s.A[col*w:], offsets[:rows])
			}
		}
	})
}
