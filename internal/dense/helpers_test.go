package dense

import (
	"math"
	"math/rand/v2"
	"testing"
)

// orders are around the groups of rows (8), the panels (32), the blocks of factors (64, 128)
// and of products (256).
var orders = []int{1, 2, 3, 7, 8, 9, 31, 32, 33, 64, 65, 127, 129, 257}

func random(seed uint64, rows, cols int) *Matrix {
	r := rand.New(rand.NewPCG(seed, 1))
	m := New(rows, cols)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, r.NormFloat64())
		}
	}
	return m
}

// naive returns op(a)·op(b) by the definition.
func naive(a, b Operand) *Matrix {
	at := func(o Operand, i, j int) float64 {
		if o.Transposed {
			i, j = j, i
		}
		v := o.M.At(i, j)
		if o.Lower && j > i {
			v = 0
		}
		if o.Negative {
			v = -v
		}
		return v
	}
	c := New(a.rows(), b.cols())
	for i := range c.Rows {
		for j := range c.Cols {
			var sum float64
			for l := range a.cols() {
				sum += at(a, i, l) * at(b, l, j)
			}
			c.Set(i, j, sum)
		}
	}
	return c
}

// largest returns the largest |a − b|, of the lower triangle alone if lower is true.
func largest(a, b *Matrix, lower bool) float64 {
	var d float64
	for i := range a.Rows {
		for j := range a.Cols {
			if v := math.Abs(a.At(i, j) - b.At(i, j)); (!lower || j <= i) && !(v <= d) {
				d = v
			}
		}
	}
	return d
}

// positive returns X·Xᵀ/n + shift·I, of random X: n×n, or n×rank.
func positive(n, rank int, shift float64) *Matrix {
	x := random(uint64(n), n, rank)
	a := naive(Operand{M: x}, Operand{M: x, Transposed: true})
	for i := range n {
		row := a.Row(i)
		for j := range row {
			row[j] /= float64(n)
		}
		row[i] += shift
	}
	return a
}

// same fails the test unless a and b have the same bits, in the lower triangle alone if lower is
// true.
func same(t *testing.T, what string, a, b *Matrix, lower bool) {
	t.Helper()
	for i := range a.Rows {
		for j := range a.Cols {
			if x, y := a.At(i, j), b.At(i, j); (!lower || j <= i) && math.Float64bits(x) != math.Float64bits(y) {
				t.Fatalf("%s: element (%d, %d) is %v and %v", what, i, j, x, y)
			}
		}
	}
}
