package eval

import (
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// solveColumns is the number of columns of a task of the backward substitution.
const solveColumns = 512

// solve replaces each vector u[k], of the order of the factor, by (L·Lᵀ)⁻¹·u[k],
// with float64 arithmetic.
func (f *factor) solve(u [][]float64) {
	blocks := len(f.inverse)
	for b := range blocks {
		f.diagonal(u, b, f.inverse[b])
		f.forward(u, b)
	}
	for b := blocks - 1; b >= 0; b-- {
		f.diagonal(u, b, f.transpose[b])
		f.backward(u, b)
	}
}

// segment returns the elements of block b of the vectors.
func (f *factor) segment(u [][]float64, b int) [][]float64 {
	part := make([][]float64, len(u))
	for k, v := range u {
		part[k] = v[b*factorBlock : min((b+1)*factorBlock, f.l.n)]
	}
	return part
}

// diagonal multiplies block b of the vectors by the matrix with these rows.
func (f *factor) diagonal(u [][]float64, b int, rows [][]float32) {
	part := f.segment(u, b)
	var p simd.Panel[float64]
	p.Pack(part)
	z := make([]float64, len(rows)*p.Stride())
	p.Dot(z, rows)
	for k, v := range part {
		for i := range v {
			v[i] = z[i*p.Stride()+k]
		}
	}
}

// forward takes what block b of the solution explains out of the later blocks.
func (f *factor) forward(u [][]float64, b int) {
	from, n := min((b+1)*factorBlock, f.l.n), f.l.n
	var p simd.Panel[float64]
	p.Pack(f.segment(u, b))
	tasks.Do(f.threads, (n-from+solveColumns-1)/solveColumns, func(_, task int) {
		lo := from + task*solveColumns
		hi := min(lo+solveColumns, n)
		z := make([]float64, (hi-lo)*p.Stride())
		p.Dot(z, f.l.rows(lo, hi, b*factorBlock, from))
		for k, v := range u {
			for i := lo; i < hi; i++ {
				v[i] -= z[(i-lo)*p.Stride()+k]
			}
		}
	})
}

// backward takes what block b of the solution explains out of the earlier blocks.
func (f *factor) backward(u [][]float64, b int) {
	part := f.segment(u, b)
	rows, end := len(part[0]), b*factorBlock
	stride := simd.Padded(len(u))
	s := make([]float64, rows*stride)
	for k, v := range part {
		for i, a := range v {
			s[i*stride+k] = -a
		}
	}
	tasks.Do(f.threads, (end+solveColumns-1)/solveColumns, func(_, task int) {
		lo := task * solveColumns
		hi := min(lo+solveColumns, end)
		g := make([]float64, stride*(hi-lo))
		simd.Accumulate(g, hi-lo, s, f.l.rows(end, end+rows, lo, hi))
		for k, v := range u {
			for j, a := range g[k*(hi-lo) : (k+1)*(hi-lo)] {
				v[lo+j] += a
			}
		}
	})
}
