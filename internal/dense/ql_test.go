package dense

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestQL compares tridiagonal matrices with gonum's general solver: graded from either end,
// in parts, with parts of almost nothing, and with zeros on the diagonal.
func TestQL(t *testing.T) {
	for name, value := range map[string]func(r *rand.Rand, i int) (d, e float64){
		"random": func(r *rand.Rand, _ int) (float64, float64) { return r.NormFloat64(), r.NormFloat64() },
		"down": func(r *rand.Rand, i int) (float64, float64) {
			return math.Exp2(float64(-i)) * r.Float64(), math.Exp2(float64(-i)) * r.Float64()
		},
		"up": func(r *rand.Rand, i int) (float64, float64) {
			return math.Exp2(float64(i-60)) * r.Float64(), math.Exp2(float64(i-60)) * r.Float64()
		},
		"parts": func(r *rand.Rand, i int) (float64, float64) { return r.NormFloat64(), float64(i%5) * r.NormFloat64() },
		"nothing": func(r *rand.Rand, i int) (float64, float64) {
			if i > 20 {
				return 1e-140 * r.NormFloat64(), 1e-140 * r.NormFloat64()
			}
			return r.NormFloat64(), float64(i%7) * r.NormFloat64()
		},
		"diagonal zero": func(r *rand.Rand, _ int) (float64, float64) { return 0, r.NormFloat64() },
		"diagonal":      func(r *rand.Rand, _ int) (float64, float64) { return r.NormFloat64(), 0 },
		"denormal":      func(r *rand.Rand, i int) (float64, float64) { return float64(i % 2), 5e-324 },
	} {
		for _, n := range []int{1, 2, 3, 60} {
			r := rand.New(rand.NewPCG(uint64(n), 9))
			d, e := make([]float64, n), make([]float64, n)
			sym := mat.NewSymDense(n, nil)
			for i := range n {
				d[i], e[i] = value(r, i)
				sym.SetSym(i, i, d[i])
				if i > 0 {
					sym.SetSym(i, i-1, e[i-1])
				}
			}
			var eigen mat.EigenSym
			if !eigen.Factorize(sym, false) {
				t.Fatal("gonum did not converge")
			}
			want := eigen.Values(nil)
			if err := qlValues(d, e[:n-1]); err != nil {
				t.Fatal(err)
			}
			for i, v := range want {
				if !(math.Abs(d[i]-v) <= 4*eigenTolerance(n)) {
					t.Errorf("%s, n=%d: eigenvalue %d is %v, want %v", name, n, i, d[i], v)
				}
			}
		}
	}
}

// TestQLGivesUp: NaN, which Eigenvalues keeps out, ends in an error and not in a loop.
func TestQLGivesUp(t *testing.T) {
	d, e := []float64{1, math.NaN(), 2, 3}, []float64{1, 1, 1}
	if err := qlValues(d, e); !errors.Is(err, errIterations) {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestPair(t *testing.T) {
	for _, c := range [][3]float64{{3, 3, 0}, {1, 3, 4}, {-1, -3, 4}, {2, -2, 5}, {0, 0, 0}, {0, 0, 9}, {1e-9, 1, 0}} {
		p, q := pair(c[0], c[1], c[2])
		got := []float64{p, q}
		slices.Sort(got)
		root := math.Sqrt((c[0]-c[1])*(c[0]-c[1])/4 + c[2])
		if mid := (c[0] + c[1]) / 2; math.Abs(got[0]-mid+root) > 1e-15 || math.Abs(got[1]-mid-root) > 1e-15 {
			t.Errorf("%v: %v", c, fmt.Sprint(got))
		}
	}
}
