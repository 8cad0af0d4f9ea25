package forget

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Each of n rows has d normal values; the first decides the class with some noise.
func rowsFor(n, d int, scale float64) ([][]float64, []bool) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := make([][]float64, n), make([]bool, n)
	for i := range x {
		x[i] = make([]float64, d)
		for k := range x[i] {
			x[i][k] = scale * r.NormFloat64()
		}
		y[i] = x[i][0]/scale+r.NormFloat64() > 0.5
	}
	return x, y
}

// The gradient of the definition, written out, is 0 at the minimum at many costs, also where the
// classes can be separated and where values are large.
func TestFitIsTheMinimum(t *testing.T) {
	for _, tt := range []struct {
		n, d     int
		scale, c float64
	}{{200, 5, 1, 0.1}, {200, 5, 1, 1e-6}, {200, 5, 1, 100}, {20, 50, 1, 1e4}, {100, 3, 1000, 10}, {5000, 30, 2, 1}} {
		x, y := rowsFor(tt.n, tt.d, tt.scale)
		f, err := Fit(x, y, tt.c)
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		g := append(append([]float64{}, f.Weights...), 0)
		terms := 0.0
		for i, row := range x {
			s, z := -1.0, f.Intercept
			if y[i] {
				s = 1
			}
			for k, v := range row {
				z += f.Weights[k] * v
			}
			p := tt.c / (1 + math.Exp(s*z))
			for k, v := range row {
				g[k] -= s * p * v
				terms += p * math.Abs(v)
			}
			g[tt.d] -= s * p
		}
		if limit := 2 * max(gradientLimit*min(1, tt.c*float64(tt.n)), roundingLimit*terms); largest(g) > limit {
			t.Errorf("%+v: gradient %g, want at most %g", tt, largest(g), limit)
		}
	}
}

// With a cost near 0 the weights vanish, and b is free: it is the log odds of the classes.
func TestFitInterceptIsFree(t *testing.T) {
	x := [][]float64{{1}, {-1}, {1}, {-1}}
	f, err := Fit(x, []bool{true, true, true, false}, 1e-9)
	if err != nil || math.Abs(f.Intercept-math.Log(3)) > 1e-6 || largest(f.Weights) > 1e-8 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestFitErrors(t *testing.T) {
	x := [][]float64{{1, 2}, {3, 4}}
	y := []bool{true, false}
	for want, fit := range map[string]func() (Regression, error){
		"greater than 0": func() (Regression, error) { return Fit(x, y, 0) },
		"C is NaN":       func() (Regression, error) { return Fit(x, y, math.NaN()) },
		"2 rows with 1":  func() (Regression, error) { return Fit(x, y[:1], 1) },
		"row 1 has 1":    func() (Regression, error) { return Fit([][]float64{{1, 2}, {3}}, y, 1) },
		"map 1 is NaN":   func() (Regression, error) { return Fit([][]float64{{1, math.NaN()}, {3, 4}}, y, 1) },
		"of one class":   func() (Regression, error) { return Fit(x, []bool{true, true}, 1) },
	} {
		if _, err := fit(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Fit(x, []bool{false, false}, 1); !errors.Is(err, ErrOneClass) {
		t.Errorf("error %v", err)
	}
}
