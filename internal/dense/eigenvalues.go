package dense

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// ErrNotFinite: a matrix holds NaN or an infinite value.
var ErrNotFinite = errors.New("the matrix holds a value that is not finite")

// Eigenvalues returns the eigenvalues of a in ascending order (n×n, symmetric; only the lower
// triangle is read, and spoilt). Their absolute error is some n·2⁻⁵³ of the largest: those
// of a singular matrix come out as small numbers of either sign, not as 0.
//
// a is reduced to a tridiagonal matrix by Householder reflections, and that solved by the QL
// iteration without square roots. It returns the error of ctx when that ends.
func Eigenvalues(ctx context.Context, a *Matrix, threads int) ([]float64, error) {
	a.square("the eigenvalues")
	scale, err := normalise(a, true)
	if err != nil || scale == 0 {
		return make([]float64, a.Rows), err
	}
	d, e, err := tridiagonal(ctx, a, threads)
	if err != nil {
		return nil, err
	}
	if err := qlValues(d, e); err != nil {
		return nil, err
	}
	for i := range d {
		d[i] /= scale
	}
	return d, nil
}

// normalise multiplies a matrix, or its lower triangle, by the power of two that it returns, so
// that its largest element is near 1 and squares neither overflow nor vanish; 0: all elements
// are.
func normalise(a *Matrix, lower bool) (float64, error) {
	row := func(i int) []float64 {
		if lower {
			return a.Row(i)[:i+1]
		}
		return a.Row(i)
	}
	largest := 0.0
	for i := range a.Rows {
		for j, v := range row(i) {
			if v-v != 0 {
				return 0, fmt.Errorf("row %d, column %d: %v: %w", i, j, v, ErrNotFinite)
			}
			largest = max(largest, math.Abs(v))
		}
	}
	if largest == 0 {
		return 0, nil
	}
	_, exponent := math.Frexp(largest)
	scale := math.Ldexp(1, min(-exponent, 1000))
	for i := range a.Rows {
		scaleBy(row(i), scale)
	}
	return scale, nil
}
