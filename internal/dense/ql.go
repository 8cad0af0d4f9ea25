package dense

import (
	"errors"
	"math"
	"slices"
)

// errIterations: an eigenvalue took more steps than any known matrix needs.
var errIterations = errors.New("the eigenvalues did not converge")

const (
	// qlSteps is the number of steps for an eigenvalue, on average, after which the
	// iteration gives up, as in LAPACK; about 1.7 are usual.
	qlSteps = 30
	// negligible is the square of an element beside the diagonal that counts as 0 in a matrix
	// of norm 1: eigenvalues of such a matrix have errors of 2⁻⁵³ and more.
	negligible = 0x1p-200
)

// qlValues replaces the diagonal d (n) of a tridiagonal matrix of norm about 1 by its
// eigenvalues, ascending; e (n−1) are the elements beside it, and spoilt.
//
// It is the QL iteration without square roots of Pal, Walker and Kahan (Parlett, The Symmetric
// Eigenvalue Problem, section 8.15; LAPACK's dsterf), on each part between elements that are
// negligible, turned round where the larger end comes last.
func qlValues(d, e []float64) error {
	for i, v := range e {
		e[i] = v * v
	}
	left := qlSteps * len(d)
	for lo := 0; lo < len(d); {
		hi := lo
		for hi+1 < len(d) && !small(e[hi], d[hi], d[hi+1]) {
			hi++
		}
		if part, beside := d[lo:hi+1], e[lo:hi]; math.Abs(d[hi]) < math.Abs(d[lo]) {
			slices.Reverse(part)
			slices.Reverse(beside)
		}
		if left = qlPart(d[lo:hi+1], e[lo:hi], left); left < 0 {
			return errIterations
		}
		lo = hi + 1
	}
	slices.Sort(d)
	return nil
}

// small says whether the square of the element beside a and b is negligible.
func small(square, a, b float64) bool {
	return square <= epsilon/2*epsilon/2*math.Abs(a*b) || square <= negligible
}

// qlPart finds the eigenvalues of one part, e holding squares. It returns how many of the steps
// are left; negative: they did not suffice.
func qlPart(d, e []float64, steps int) int {
	last := len(d) - 1
	for l := 0; l <= last; {
		m := l
		for m < last && !small(e[m], d[m], d[m+1]) {
			m++
		}
		if m < last {
			e[m] = 0
		}
		switch m - l {
		case 0:
			l++
			continue
		case 1:
			d[l], d[l+1] = pair(d[l], d[l+1], e[l])
			e[l] = 0
			l += 2
			continue
		}
		if steps--; steps < 0 {
			return steps
		}
		qlStep(d[l:m+1], e[l:m])
	}
	return steps
}

// pair returns the eigenvalues of a 2×2 matrix with diagonal a and b, the square of the element
// beside them given.
func pair(a, b, square float64) (float64, float64) {
	half := (a - b) / 2
	root := math.Sqrt(half*half + square)
	first := (a+b)/2 + math.Copysign(root, a+b)
	if first == 0 {
		return root, -root
	}
	return first, a/first*b - square/first
}

// qlStep is one step with Wilkinson's shift, towards an eigenvalue at the first place.
func qlStep(d, e []float64) {
	root := math.Sqrt(e[0])
	sigma := (d[1] - d[0]) / (2 * root)
	r := math.Sqrt(sigma*sigma + 1)
	sigma = d[0] - root/(sigma+math.Copysign(r, sigma))
	c, s := 1.0, 0.0
	m := len(d) - 1
	gamma := d[m] - sigma
	p := gamma * gamma
	for i := m - 1; i >= 0; i-- {
		square := e[i]
		r := p + square
		if i != m-1 {
			e[i+1] = s * r
		}
		before := c
		c, s = p/r, square/r
		old, alpha := gamma, d[i]
		gamma = c*(alpha-sigma) - s*old
		d[i+1] = old + (alpha - gamma)
		if c != 0 {
			p = gamma * gamma / c
		} else {
			p = before * square
		}
	}
	e[0] = s * p
	d[0] = sigma + gamma
}
