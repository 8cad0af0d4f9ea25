package dense

import "math"

const (
	// factorBlock is the number of columns that are factored before the rest of the matrix
	// hears of them.
	factorBlock = 64
	// epsilon is the distance of 1 and the next float64.
	epsilon = 0x1p-52
)

// PivotedCholesky factors a symmetric positive semidefinite matrix a (n×n; only the lower
// triangle is read and overwritten) of any rank, up to most, as it must be where the rank is
// known to be smaller than n: with the rows and columns of a in the order of the permutation it
// returns, L·Lᵀ = a, where L has as many columns as the rank it returns, is lower trapezoidal,
// and lies in the lower triangle of the first columns of a.
//
// The next pivot is the column of which most is left, as a share of its own diagonal element
// (the pivoting of Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section
// 10.3, on the correlation matrix, so that units of columns play no part). It stops when that
// share is at most 2⁻⁵⁴ for all columns, below the rounding of one sum; so a matrix that is
// singular but for rounding may be given a larger rank.
func PivotedCholesky(a *Matrix, most, threads int) (order []int, rank int) {
	a.square("the pivoted Cholesky factor")
	f := pivoting{a: a, order: make([]int, a.Rows), whole: make([]float64, a.Rows), left: make([]float64, a.Rows)}
	work := newWorkspace(threads)
	for i := range f.order {
		f.order[i], f.whole[i] = i, a.At(i, i)
	}
	for j0 := 0; j0 < a.Rows; j0 += factorBlock {
		j1 := min(j0+factorBlock, a.Rows)
		for i := j0; i < a.Rows; i++ {
			f.left[i] = a.At(i, i)
		}
		for j := j0; j < j1; j++ {
			if j == most || !f.column(j0, j) {
				return f.order, j
			}
		}
		below := Operand{M: a.Part(j1, a.Rows, j0, j1)}
		work.multiplyLower(a.Part(j1, a.Rows, j1, a.Rows), Operand{M: below.M, Negative: true}, Operand{M: below.M, Transposed: true}, true)
	}
	return f.order, a.Rows
}

// pivoting is a pivoted factorisation under way.
type pivoting struct {
	a     *Matrix
	order []int
	whole []float64 // diagonal of a, in the new order
	left  []float64 // what is left of it
}

// column brings the next pivot to place j and computes column j of L; the columns from j0 on
// are not yet taken out of the matrix. It returns false when nothing is left.
func (f *pivoting) column(j0, j int) bool {
	best, share := -1, epsilon/4
	for i := j; i < f.a.Rows; i++ {
		if s := f.left[i] / f.whole[i]; s > share { // not where both are 0
			best, share = i, s
		}
	}
	if best < 0 {
		return false
	}
	f.swap(j, best)
	pivot := math.Sqrt(f.left[j])
	l := f.a.Row(j)
	l[j] = pivot
	for i := j + 1; i < f.a.Rows; i++ {
		row := f.a.Row(i)
		v := (row[j] - dotProduct(row[j0:j], l[j0:j])) / pivot
		row[j] = v
		f.left[i] -= float64(v * v)
	}
	return true
}

// swap exchanges rows and columns i < p of the matrix, of which the lower triangle counts.
func (f *pivoting) swap(i, p int) {
	if i == p {
		return
	}
	for _, s := range [][]float64{f.whole, f.left} {
		s[i], s[p] = s[p], s[i]
	}
	f.order[i], f.order[p] = f.order[p], f.order[i]
	a, b := f.a.Row(i), f.a.Row(p)
	for k := range i {
		a[k], b[k] = b[k], a[k]
	}
	a[i], b[p] = b[p], a[i]
	for k := i + 1; k < p; k++ {
		c := f.a.Row(k)
		c[i], b[k] = b[k], c[i]
	}
	for k := p + 1; k < f.a.Rows; k++ {
		c := f.a.Row(k)
		c[i], c[p] = c[p], c[i]
	}
}
