package cholesky

import (
	"errors"
	"math"
	"slices"
	"testing"

	"repbench/eval/linear/internal/vec"
)

// of fills the lower triangle of a matrix; the upper one holds what must not be read.
func of(n int, f func(i, j int) float64) *Square {
	a := NewSquare(n)
	for i := range n {
		for j := range n {
			a.A[i*n+j] = float32(math.NaN())
			if j <= i {
				a.A[i*n+j] = float32(f(i, j))
			}
		}
	}
	return a
}

// The factor of min(i, j)+1 is a triangle of ones: partial sums.
func TestKnownFactor(t *testing.T) {
	for _, n := range []int{1, 2, 63, 64, 65, 128, 200} {
		a := of(n, func(i, j int) float64 { return float64(min(i, j) + 1) })
		f, err := New(a, 2)
		if err != nil {
			t.Fatalf("n=%d: %v", n, err)
		}
		if f.Order() != n {
			t.Errorf("n=%d: order %d", n, f.Order())
		}
		for i := range n {
			for j := range i + 1 {
				// sums of whole numbers below 2²⁴ are exact
				if a.A[i*n+j] != 1 {
					t.Fatalf("n=%d: element (%d, %d) is %g, want 1", n, i, j, a.A[i*n+j])
				}
			}
		}
	}
}

// The inverse of min(i, j)+1 is tridiagonal: 2 on the diagonal (1 in its last place), -1 beside it.
func TestKnownSolution(t *testing.T) {
	for _, n := range []int{1, 65, 300} {
		f, err := New(of(n, func(i, j int) float64 { return float64(min(i, j) + 1) }), 2)
		if err != nil {
			t.Fatal(err)
		}
		u := vec.Dense(2, n)
		for i := range n {
			u[0][i] = 1                          // whose solution is 1 in the first place, 0 elsewhere
			u[1][i] = float64((i+1)*(2*n-i)) / 2 // Σ_j min(i, j)+1, whose solution is 1 everywhere
		}
		f.Solve(u)
		for i := range n {
			first := 0.0
			if i == 0 {
				first = 1
			}
			// the largest product is n², in float32
			if tolerance := float64(n*n) * 0x1p-24; math.Abs(u[0][i]-first) > tolerance || math.Abs(u[1][i]-1) > tolerance {
				t.Fatalf("n=%d: element %d is %g and %g, want %g and 1", n, i, u[0][i], u[1][i], first)
			}
		}
	}
	f, err := New(of(3, func(i, j int) float64 { return float64(min(i, j) + 1) }), 1)
	if err != nil {
		t.Fatal(err)
	}
	f.Solve(nil) // no vectors, nothing to do
}

// A matrix that is not positive definite gets the first ridge of 1, 10, 100, … that makes it so.
func TestRidged(t *testing.T) {
	for _, tt := range []struct{ diagonal, scale, want float64 }{
		{1, 1, 1},      // positive definite at once
		{-5, 1, 10},    // -5 + 1 is not, -5 + 10 is
		{-5, 0.1, 1},   // the ridge is divided by the scale
		{-500, 1, 1e3}, // after three steps
	} {
		calls := 0
		f, ridge, err := Ridged(1, tt.scale, 1, func() *Square {
			calls++
			return of(2, func(i, j int) float64 {
				if i == j {
					return tt.diagonal
				}
				return 0
			})
		})
		if err != nil || ridge != tt.want || calls != 1+int(math.Round(math.Log10(tt.want))) {
			t.Errorf("diagonal %g: ridge %g after %d tries, %v; want %g", tt.diagonal, ridge, calls, err, tt.want)
			continue
		}
		u := [][]float64{{1, 2}}
		f.Solve(u)
		if want := 1 / (tt.diagonal + tt.want/tt.scale); math.Abs(u[0][0]-want) > 1e-6*want || math.Abs(u[0][1]-2*want) > 2e-6*want {
			t.Errorf("diagonal %g: solution %v, want %g and %g", tt.diagonal, u[0], want, 2*want)
		}
	}
	_, _, err := Ridged(1, 1, 1, func() *Square { return of(1, func(int, int) float64 { return math.NaN() }) })
	if !errors.Is(err, errPivot) {
		t.Errorf("a matrix of NaN: error %v", err)
	}
}

// A part of the lower triangle is visited once, whatever the width of panels and parts.
func TestByPanels(t *testing.T) {
	for _, tt := range []struct{ n, w, most int }{{12, 4, 4}, {12, 4, 3}, {12, 4, 1}, {6, 6, 4}, {20, 5, 2}} {
		s := NewSquare(tt.n)
		s.ByPanels(tt.w, tt.most, 3, func(row, first, col int, c []float32, offsets []int) {
			if len(offsets) > tt.most {
				t.Errorf("%+v: %d rows at once", tt, len(offsets))
			}
			for i, at := range offsets {
				for j := range tt.w {
					c[at+j] += float32(1 + 100*(row*tt.w+first+i) + col*tt.w + j)
				}
			}
		})
		for i := range tt.n {
			for j := range tt.n {
				want := float32(0)
				if j/tt.w <= i/tt.w {
					want = float32(1 + 100*i + j)
				}
				if got := s.A[i*tt.n+j]; got != want {
					t.Fatalf("%+v: element (%d, %d) is %g, want %g", tt, i, j, got, want)
				}
			}
		}
	}
}

func TestClone(t *testing.T) {
	a := of(3, func(i, j int) float64 { return float64(i + j) })
	b := a.Clone()
	b.shifted(5)
	if a.A[0] != 0 || b.A[0] != 5 || b.A[8] != 9 || !slices.Equal(a.Row(2, 0, 2), b.Row(2, 0, 2)) {
		t.Errorf("the copy %v shares with %v", b.A, a.A)
	}
}
