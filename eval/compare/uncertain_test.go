package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// With one part and nothing known the interval is Student's, with nothing
// estimated the normal one. 3e-4 is the error of 32 nodes at one or two degrees of
// freedom, far below what such an interval can promise.
func TestUncertain(t *testing.T) {
	for _, df := range []float64{1, 2, 4, 9, 49} {
		d := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
		u := uncertain{seeds: 4, freedom: df}
		if got, want := u.half(), 2*d.Quantile(0.975); math.Abs(got-want) > 3e-4*want {
			t.Errorf("%g degrees of freedom: %g, want %g", df, got, want)
		}
		if got, want := u.p(5), 2*d.Survival(2.5); math.Abs(got-want) > 3e-4 {
			t.Errorf("%g degrees of freedom: p = %g, want %g", df, got, want)
		}
	}
	if got, want := (uncertain{known: 9}).half(), 3*1.959963984540054; math.Abs(got-want) > 1e-9 {
		t.Errorf("known variance: %g, want %g", got, want)
	}
	if none := (uncertain{}); none.half() != 0 || none.p(1) != 0 || none.p(0) != 1 {
		t.Errorf("no variance: %g, %g, %g", none.half(), none.p(1), none.p(0))
	}
}

// With both parts the quantile is that of Z·√(known + seeds·df/χ²), drawn.
func TestUncertainOfBothParts(t *testing.T) {
	u := uncertain{known: 1, seeds: 2, freedom: 3}
	rng := rand.New(rand.NewPCG(1, 1))
	const draws = 40_000
	in := 0
	h := u.half()
	for range draws {
		var chi float64
		for range 3 {
			z := rng.NormFloat64()
			chi += z * z
		}
		if math.Abs(rng.NormFloat64())*math.Sqrt(1+2*3/chi) <= h {
			in++
		}
	}
	// Four standard errors of the drawing.
	if share := float64(in) / draws; math.Abs(share-0.95) > 4*math.Sqrt(0.95*0.05/draws) {
		t.Errorf("%.4f of the draws lie within %g", share, h)
	}
	if p := u.p(h); math.Abs(p-0.05) > 1e-9 {
		t.Errorf("p-value at the end of the interval: %g", p)
	}
}

func TestWelch(t *testing.T) {
	// Equal variances and sizes add their degrees of freedom; alone one keeps its own.
	for _, tt := range [][5]float64{{2, 4, 2, 4, 8}, {2, 4, 0, 9, 4}, {0, 4, 0, 9, 4}} {
		if got := welch(tt[0], tt[1], tt[2], tt[3]); math.Abs(got-tt[4]) > 1e-12 {
			t.Errorf("welch%v = %g, want %g", tt[:4], got, tt[4])
		}
	}
}
