package main

import (
	"math"
	"testing"
)

// fit is the approximation of a function by x + x²·q(x): q is the polynomial
// with the least maximum of |q - quotient|·weight, where weight is x²/function.
type fit struct {
	name          string
	low, high     float64
	quotient      func(x float64) float64 // (function - x)/x²
	function      func(x float64) float64
	coefficients  []float64
	roundedError  float64                 // as stated in the comments of the coefficients
	beforeRounded float64                 // the least error of any polynomial of the degree
	weighted      func(x float64) float64 // the weight, if the form is another
}

var fits = []fit{
	{"exp", -math.Ln2 / 2 * 1.0001, math.Ln2 / 2 * 1.0001, expQuotient, math.Expm1, expCoefficients, 0x1p-25 * 0.58, 0x1p-26 * 0.89, nil},
	{name: "erf near", low: 0, high: erfBorder * erfBorder, coefficients: erfNear, roundedError: 0x1p-25 * 0.95, beforeRounded: 0x1p-25 * 0.64,
		quotient: func(s float64) float64 { return 1/rootPerErf(s) - 1 }, weighted: rootPerErf},
	{name: "erf far", low: erfBorder, high: 3.93, coefficients: erfFar, roundedError: 0x1p-27 * 0.9, beforeRounded: 0x1p-28 * 0.78,
		quotient: func(x float64) float64 { return -math.Log(math.Erfc(x))/x - 1 },
		weighted: func(x float64) float64 { return x * math.Erfc(x) / math.Erf(x) }},
	{"log", -0.25, 0.5, logQuotient, math.Log1p, logCoefficients, 0x1p-26 * 0.58, 0x1p-27 * 0.65, nil},
}

// rootPerErf is √s / erf √s, with its limit at 0.
func rootPerErf(s float64) float64 {
	if s == 0 {
		return math.Sqrt(math.Pi) / 2
	}
	return math.Sqrt(s) / math.Erf(math.Sqrt(s))
}

// expQuotient is (e^x - 1 - x)/x² by its power series.
func expQuotient(x float64) float64 {
	sum, term := 0.0, 0.5
	for k := 3.0; k < 30; k++ {
		sum += term
		term *= x / k
	}
	return sum
}

// logQuotient is (ln(1+x) - x)/x² by its power series.
func logQuotient(x float64) float64 {
	sum, power := 0.0, -1.0
	for k := 2.0; k < 100; k++ {
		sum += power / k
		power *= -x
	}
	return sum
}

// errorAt returns the relative error of x + x²·q(x), with the sign of q - quotient.
func (f fit) errorAt(c []float64, x float64) float64 {
	q := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		q = q*x + c[i]
	}
	return (q - f.quotient(x)) * f.weight(x)
}

func (f fit) weight(x float64) float64 {
	if f.weighted != nil {
		return f.weighted(x)
	}
	if x == 0 {
		return 0
	}
	return math.Abs(x * x / f.function(x))
}

const (
	fitPoints    = 20001
	fitTolerance = 1e-8 // of coefficients, a sixth of their rounding to float32
)

func (f fit) point(i int) float64 { return f.low + (f.high-f.low)*float64(i)/(fitPoints-1) }

func (f fit) largestError(c []float64) float64 {
	largest := 0.0
	for i := range fitPoints {
		largest = max(largest, math.Abs(f.errorAt(c, f.point(i))))
	}
	return largest
}

// exchange is a step of Remez: it returns the polynomial whose errors at the points x are equal
// with alternating signs, and the extremes of its error.
func (f fit) exchange(x []float64) (c, extremes []float64) {
	n := len(x)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = make([]float64, n+1)
		for k := range n - 1 {
			rows[i][k] = math.Pow(x[i], float64(k))
		}
		rows[i][n-1] = float64(1-2*(i%2)) / f.weight(x[i])
		rows[i][n] = f.quotient(x[i])
	}
	c = solve(rows)[:n-1]
	last := 0.0
	for i := range fitPoints {
		e := f.errorAt(c, f.point(i))
		switch {
		case e == 0:
		case len(extremes) == 0 || e > 0 != (last > 0):
			extremes, last = append(extremes, f.point(i)), e
		case math.Abs(e) > math.Abs(last):
			extremes[len(extremes)-1], last = f.point(i), e
		}
	}
	return c, extremes
}

// solve is Gauss's elimination with row pivots; a row ends with its right side.
func solve(rows [][]float64) []float64 {
	n := len(rows)
	for i := range n {
		pivot := i
		for j := i; j < n; j++ {
			if math.Abs(rows[j][i]) > math.Abs(rows[pivot][i]) {
				pivot = j
			}
		}
		rows[i], rows[pivot] = rows[pivot], rows[i]
		for j := range n {
			if factor := rows[j][i] / rows[i][i]; j != i {
				for k := i; k <= n; k++ {
					rows[j][k] -= factor * rows[i][k]
				}
			}
		}
	}
	x := make([]float64, n)
	for i := range x {
		x[i] = rows[i][n] / rows[i][i]
	}
	return x
}

// TestCoefficients repeats the fits and checks the errors stated in the comments.
func TestCoefficients(t *testing.T) {
	for _, f := range fits {
		n := len(f.coefficients) + 1
		x := make([]float64, n)
		for i := range x { // extremes of a Chebyshev polynomial, moved a little off zero
			x[i] = (f.low+f.high)/2 - (f.high-f.low)/2*math.Cos(math.Pi*(float64(i)+0.01)/(float64(n)-0.98))
		}
		var c []float64
		for range 10 {
			if c, x = f.exchange(x); len(x) != n {
				t.Fatalf("%s: error has %d extremes, want %d", f.name, len(x), n)
			}
		}
		rounded := make([]float64, len(c))
		for i, want := range f.coefficients {
			rounded[i] = float64(float32(want))
			if math.Abs(c[i]-want) > fitTolerance*math.Abs(want) {
				t.Errorf("%s: coefficient %d is %g, the fit gives %g", f.name, i, want, c[i])
			}
		}
		if e := f.largestError(c); e > f.beforeRounded {
			t.Errorf("%s: error of the fit is %g, want at most %g", f.name, e, f.beforeRounded)
		}
		if e := f.largestError(rounded); e > f.roundedError {
			t.Errorf("%s: error of the rounded coefficients is %g, want at most %g", f.name, e, f.roundedError)
		}
	}
}
