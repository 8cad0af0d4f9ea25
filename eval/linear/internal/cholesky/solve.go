package cholesky

import (
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

const (
	// solveBlock is the number of unknowns solved before the remaining ones are updated.
	// Updates of this depth are more than twice as fast as updates by one diagonal block,
	// and need fewer barriers.
	solveBlock = 8 * factorBlock
	// solveTask is the number of other unknowns that a thread takes at once.
	solveTask = 128
)

// Solve replaces each vector u[k], of the order of the factor, by (L·Lᵀ)⁻¹·u[k].
// Products are in float32, as precise as the factor, and sums in float64.
func (f *Factor) Solve(u [][]float64) {
	n := f.l.N
	for lo := 0; lo < n; lo += solveBlock {
		hi := min(lo+solveBlock, n)
		for at := lo; at < hi; at += factorBlock {
			end := min(at+factorBlock, hi)
			diagonal(segment(u, at, end), f.inverse[at/factorBlock])
			f.forward(u, at, end, hi)
		}
		f.forward(u, lo, hi, n)
	}
	for hi := n; hi > 0; {
		lo := (hi - 1) / solveBlock * solveBlock
		for end := hi; end > lo; {
			at := (end - 1) / factorBlock * factorBlock
			diagonal(segment(u, at, end), f.transpose[at/factorBlock])
			f.backward(u, at, end, lo)
			end = at
		}
		f.backward(u, lo, hi, 0)
		hi = lo
	}
}

// segment returns the elements [lo, hi) of the vectors.
func segment(u [][]float64, lo, hi int) [][]float64 {
	part := make([][]float64, len(u))
	for k, v := range u {
		part[k] = v[lo:hi]
	}
	return part
}

// diagonal multiplies the vectors by the matrix with these rows, in float64.
func diagonal(u [][]float64, rows [][]float32) {
	var p simd.Panel[float64]
	p.Pack(u)
	z := make([]float64, len(rows)*p.Stride())
	p.Dot(z, rows)
	for k, v := range u {
		for i := range v {
			v[i] = z[i*p.Stride()+k]
		}
	}
}

// forward takes what the elements [lo, hi) of the solution explain out of the elements in
// [hi, end).
func (f *Factor) forward(u [][]float64, lo, hi, end int) {
	if hi == end {
		return
	}
	var p simd.Panel[float32]
	p.Pack(segment(u, lo, hi))
	tasks.Do(f.threads, (end-hi+solveTask-1)/solveTask, func(_, task int) {
		from := hi + task*solveTask
		to := min(from+solveTask, end)
		z := make([]float64, (to-from)*p.Stride())
		p.Dot(z, f.l.rows(from, to, lo, hi))
		for k, v := range u {
			for i := from; i < to; i++ {
				v[i] -= z[(i-from)*p.Stride()+k]
			}
		}
	})
}

// backward takes what the elements [lo, hi) of the solution explain out of the elements in
// [begin, lo).
func (f *Factor) backward(u [][]float64, lo, hi, begin int) {
	if lo == begin {
		return
	}
	stride := simd.Padded(len(u))
	s := make([]float32, (hi-lo)*stride)
	for k, v := range u {
		for i, a := range v[lo:hi] {
			s[i*stride+k] = float32(-a)
		}
	}
	tasks.Do(f.threads, (lo-begin+solveTask-1)/solveTask, func(_, task int) {
		from := begin + task*solveTask
		to := min(from+solveTask, lo)
		g := make([]float64, stride*(to-from))
		for at := lo; at < hi; at += factorBlock { // sums of no more terms in float32
			end := min(at+factorBlock, hi)
			simd.Accumulate(g, to-from, s[(at-lo)*stride:(end-lo)*stride], f.l.rows(at, end, from, to))
		}
		for k, v := range u {
			for j, a := range g[k*(to-from) : (k+1)*(to-from)] {
				v[from+j] += a
			}
		}
	})
}
