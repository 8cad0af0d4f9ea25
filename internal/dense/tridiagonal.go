package dense

import (
	"context"

	"repbench/internal/simd"
)

// panelRows is the number of rows that are reduced before the rest of the matrix hears of
// them, a multiple of the groups of simd.WideRows.
const panelRows = 32

// tridiagonal reduces a (n×n, symmetric; only the lower triangle is read, and spoilt) to a
// tridiagonal matrix of the same eigenvalues, and returns its diagonal (n) and the elements
// beside it (n−1).
//
// It is the blocked algorithm of LAPACK's dsytrd (Dongarra, Sorensen and Hammarling, Block
// Reduction of Matrices to Condensed Forms, 1989), from the last row up, so that every vector
// is a row: half of the work are products of the lower triangle and a vector, which read
// each element once, the other half a product of matrices.
func tridiagonal(ctx context.Context, a *Matrix, threads int) (d, e []float64, err error) {
	n := a.Rows
	d, e = make([]float64, n), make([]float64, max(0, n-1))
	r := reduction{a: a, d: d, e: e, work: newWorkspace(threads), rows: simd.Rows64()}
	r.x = New(3*panelRows, n)
	r.f = make([]float64, 2*panelRows)
	for m := n; m > 0; m -= panelRows {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		r.panel(m)
	}
	return d, e, nil
}

// reduction is a reduction to tridiagonal form under way.
type reduction struct {
	a    *Matrix
	d, e []float64
	work *workspace
	rows *simd.WideRows
	symv symmetricProduct
	// x holds, row by row, the vectors v and w of a panel's reflections: rows [0, panelRows)
	// are v, then w, then v again. The matrix is a − Σ v·wᵀ + w·vᵀ.
	x *Matrix
	f []float64 // panelRows factors for v, and for w
}

// panel reduces the last rows of the leading part of order m, and takes their reflections out
// of the part that remains.
func (r *reduction) panel(m int) {
	clear(r.x.Data)
	count := min(panelRows, m)
	for p := range count {
		r.reflect(m-1-p, p)
	}
	if rest := m - count; rest > 0 {
		for p := range count {
			copy(r.x.Row(2*panelRows + p)[:rest], r.x.Row(p)[:rest])
		}
		left := Operand{M: r.x.Part(0, 2*panelRows, 0, rest), Transposed: true, Negative: true}
		right := Operand{M: r.x.Part(panelRows, 3*panelRows, 0, rest)}
		r.work.multiplyLower(r.a.Part(0, rest, 0, rest), left, right, true)
	}
}

// reflect finds the reflection I − τ·v·vᵀ that leaves of row i the diagonal and the element
// before it, and its w; p reflections of the panel came before.
func (r *reduction) reflect(i, p int) {
	row := r.a.Row(i)[:i+1]
	r.update(row, i, p)
	r.d[i] = row[i]
	if i == 0 {
		return
	}
	v := r.x.Row(p)[:i]
	copy(v, row[:i])
	var tau float64
	r.e[i-1], tau = householder(v[:i-1], &v[i-1])
	if tau == 0 {
		clear(v) // the reflection is the identity
		return
	}
	w := r.x.Row(panelRows + p)[:i]
	r.symv.multiply(w, r.a, v, r.rows, r.work.threads)
	r.correct(w, v, p)
	half := 0.0
	for j := range w {
		w[j] *= tau
		half += float64(w[j] * v[j])
	}
	half *= tau / 2
	for j := range w {
		w[j] -= float64(half * v[j])
	}
}

// update takes the p reflections before out of row i.
func (r *reduction) update(row []float64, i, p int) {
	for q := range p {
		r.f[q], r.f[panelRows+q] = -r.x.At(panelRows+q, i), -r.x.At(q, i)
	}
	r.combine(row, p)
}

// correct takes the p reflections before out of w, the product of the panel's matrix and v.
func (r *reduction) correct(w, v []float64, p int) {
	rowDots(r.rows, r.f[panelRows:], r.x, 0, p, 0, v)
	rowDots(r.rows, r.f, r.x, panelRows, p, 0, v)
	for q := range p {
		r.f[q], r.f[panelRows+q] = -r.f[q], -r.f[panelRows+q]
	}
	r.combine(w, p)
}

// combine adds the first p vectors v and w, each times its factor, to y.
func (r *reduction) combine(y []float64, p int) {
	rowCombine(r.rows, y, r.f[:panelRows], r.x, 0, p, 0)
	rowCombine(r.rows, y, r.f[panelRows:], r.x, panelRows, p, 0)
}
