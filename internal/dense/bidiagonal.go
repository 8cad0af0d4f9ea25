package dense

import (
	"context"

	"repbench/internal/simd"
	"repbench/internal/tasks"
)

const (
	// vectorColumns and vectorRows are the columns and the rows of a task of the products of
	// the matrix and a vector.
	vectorColumns = 256
	vectorRows    = 64
)

// bidiagonal reduces a (n×n, spoilt) to an upper bidiagonal matrix of the same singular values,
// and returns its diagonal (n) and the elements above it (n−1).
//
// It is the blocked algorithm of LAPACK's dgebrd (Dongarra, Sorensen and Hammarling, Block
// Reduction of Matrices to Condensed Forms, 1989), with all vectors as rows.
func bidiagonal(ctx context.Context, a *Matrix, threads int) (d, e []float64, err error) {
	n := a.Rows
	b := bireduction{a: a, d: make([]float64, n), e: make([]float64, max(0, n-1)), work: newWorkspace(threads), rows: simd.Rows64()}
	b.left, b.right = New(2*panelRows, n), New(2*panelRows, n)
	b.f = make([]float64, 2*panelRows)
	for j := 0; j < n; j += panelRows {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		b.panel(j, min(j+panelRows, n))
	}
	return b.d, b.e, nil
}

// bireduction is a reduction to bidiagonal form under way. The matrix is a − Σ v·yᵀ + x·uᵀ over
// the reflections of a panel.
type bireduction struct {
	a    *Matrix
	d, e []float64
	work *workspace
	rows *simd.WideRows
	// left holds, row by row, the vectors v of a panel, then x; right holds y, then u.
	left, right *Matrix
	f           []float64 // panelRows factors for v or y, and for x or u
}

// panel reduces the rows and columns [j0, j1).
func (b *bireduction) panel(j0, j1 int) {
	clear(b.left.Data)
	clear(b.right.Data)
	n := b.a.Rows
	for j := j0; j < j1; j++ {
		b.column(j, j-j0)
		if j+1 < n {
			b.row(j, j-j0)
		}
	}
	if j1 < n {
		b.work.multiply(b.a.Part(j1, n, j1, n), Operand{M: b.left.Part(0, 2*panelRows, j1, n), Transposed: true, Negative: true},
			Operand{M: b.right.Part(0, 2*panelRows, j1, n)}, true)
	}
}

// column finds the reflection that leaves of column j its diagonal element, and its y; p
// reflections of the panel came before.
func (b *bireduction) column(j, p int) {
	n := b.a.Rows
	v, y := b.left.Row(p)[j:], b.right.Row(p)[min(j+1, n):]
	for i := range v {
		v[i] = b.a.Data[(j+i)*b.a.Stride+j]
	}
	for q := range p {
		b.f[q], b.f[panelRows+q] = -b.right.At(q, j), -b.right.At(panelRows+q, j)
	}
	b.combine(v, b.left, p, p, j)
	var tau float64
	if b.d[j], tau = householder(v[1:], &v[0]); tau == 0 {
		clear(v)
		return
	}
	if j+1 == n {
		return
	}
	b.times(y, v, j)
	b.dots(b.left, p, p, j, v)
	b.combine(y, b.right, p, p, j+1)
	scaleBy(y, tau)
}

// row finds the reflection that leaves of row j the element after the diagonal, and its x.
func (b *bireduction) row(j, p int) {
	u, x := b.right.Row(panelRows + p)[j+1:], b.left.Row(panelRows + p)[j+1:]
	row := b.a.Row(j)[j+1:]
	for q := range p + 1 {
		b.f[q], b.f[panelRows+q] = -b.left.At(q, j), -b.left.At(panelRows+q, j)
	}
	b.combine(row, b.right, p+1, p, j+1)
	copy(u, row)
	var tau float64
	if b.e[j], tau = householder(u[1:], &u[0]); tau == 0 {
		clear(u)
		return
	}
	b.timesRows(x, u, j+1)
	b.dots(b.right, p+1, p, j+1, u)
	b.combine(x, b.left, p+1, p, j+1)
	scaleBy(x, tau)
}

// combine adds the first p vectors of the first kind in m and the first q of the second, from
// column col on, each times its factor, to y.
func (b *bireduction) combine(y []float64, m *Matrix, p, q, col int) {
	rowCombine(b.rows, y, b.f[:panelRows], m, 0, p, col)
	rowCombine(b.rows, y, b.f[panelRows:], m, panelRows, q, col)
}

// dots sets the factors to minus the products of those vectors and x.
func (b *bireduction) dots(m *Matrix, p, q, col int, x []float64) {
	rowDots(b.rows, b.f[:panelRows], m, 0, p, col, x)
	rowDots(b.rows, b.f[panelRows:], m, panelRows, q, col, x)
	for i := range b.f {
		b.f[i] = -b.f[i]
	}
}

// times sets y to Aᵀ·v, of the rows of a from j on and the columns after j.
func (b *bireduction) times(y, v []float64, j int) {
	tasks.Do(b.work.threads, (len(y)+vectorColumns-1)/vectorColumns, func(_, task int) {
		lo := task * vectorColumns
		part := y[lo:min(lo+vectorColumns, len(y))]
		clear(part)
		for i := 0; i < len(v); i += b.rows.Group {
			count := min(b.rows.Group, len(v)-i)
			b.rows.Combine(part, v[i:i+count], b.a.Data[(j+i)*b.a.Stride+j+1+lo:], b.a.Stride, count)
		}
	})
}

// timesRows sets x to A·u, of the rows and columns of a from j on.
func (b *bireduction) timesRows(x, u []float64, j int) {
	tasks.Do(b.work.threads, (len(x)+vectorRows-1)/vectorRows, func(_, task int) {
		lo := task * vectorRows
		hi := min(lo+vectorRows, len(x))
		for i := lo; i < hi; i += b.rows.Group {
			count := min(b.rows.Group, hi-i)
			b.rows.Dots(x[i:i+count], b.a.Data[(j+i)*b.a.Stride+j:], b.a.Stride, count, u)
		}
	})
}

// scaleBy multiplies x by f.
func scaleBy(x []float64, f float64) {
	for i := range x {
		x[i] *= f
	}
}
