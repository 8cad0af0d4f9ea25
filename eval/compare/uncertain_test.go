package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// studentTails holds t with P(|T| > t) = p, computed with mpmath 1.2.1 at 40 digits: bisection
// on betainc(df/2, 1/2, 0, df/(df + t²), regularized=True).
var studentTails = []struct{ df, t, p float64 }{
	{1, 12.7062047361747, 0.05},
	{1, 636.61924876872, 1e-3},
	{1, 6366.19767131594, 1e-4},
	{1, 636619.772367058, 1e-6},
	{1, 63661977.2367581, 1e-8},
	{1, 6366197723.67581, 1e-10},
	{1, 636619772367.581, 1e-12},
	{2, 4.30265272974946, 0.05},
	{2, 31.5990545764436, 1e-3},
	{2, 99.9924998437445, 1e-4},
	{2, 999.999249999844, 1e-6},
	{2, 9999.999925, 1e-8},
	{2, 99999.9999925, 1e-10},
	{2, 999999.99999925, 1e-12},
	{4, 2.77644510519779, 0.05},
	{4, 8.61030158137928, 1e-3},
	{4, 15.5441005815457, 1e-4},
	{4, 49.4586367569346, 1e-6},
	{4, 156.497808701979, 1e-8},
	{4, 494.919832850116, 1e-10},
	{4, 1565.08351516786, 1e-12},
	{9, 2.26215716279821, 0.05},
	{9, 4.78091258593114, 1e-3},
	{9, 6.59368258394479, 1e-4},
	{9, 11.6367820273289, 1e-6},
	{9, 19.7821790653648, 1e-8},
	{9, 33.2186542546199, 1e-10},
	{9, 55.5434444155335, 1e-12},
}

// TestStudentTails: with the seeds' part alone, p is the p-value of Student's t. 1e-3 is the
// stated error; the rule is seven digits better.
func TestStudentTails(t *testing.T) {
	for _, tt := range studentTails {
		u := uncertain{seeds: 4, freedom: tt.df}
		if got := u.p(-2 * tt.t); !(math.Abs(got-tt.p) <= 1e-10*tt.p) {
			t.Errorf("%g degrees of freedom, t = %g: p = %g, want %g", tt.df, tt.t, got, tt.p)
		}
		if tt.p == 0.05 {
			if got := u.half(); math.Abs(got-2*tt.t) > 1e-9*got {
				t.Errorf("%g degrees of freedom: interval ± %g, want %g", tt.df, got, 2*tt.t)
			}
		}
	}
}

// TestTailsOfBothParts: the expected p of an estimate whose variance has both parts was
// computed with mpmath 1.2.1 at 30 digits: quad of erfc(estimate/√(2(known + seeds·f/eᵘ)))
// times the density of u = log χ² over u from -300 to 7, in 21 pieces.
func TestTailsOfBothParts(t *testing.T) {
	for _, tt := range []struct{ estimate, known, seeds, freedom, p float64 }{
		{3, 1, 1, 1, 0.229772760118},
		{8, 1, 1, 2, 0.0160003074151},
		{8, 1, 0.25, 2, 0.00407851574042},
		{12, 1, 0.1, 2, 0.000708663818493},
		{6, 1, 0.05, 4.7, 4.02233404213e-6},
		{8, 1, 0.5, 9, 2.61984307098e-6},
		{30, 1, 2, 4, 2.95186066429e-5},
		{7, 1, 1e-4, 1, 0.000929289316323},
		{7, 1, 1e-9, 2, 2.43673741493e-11},
	} {
		u := uncertain{known: tt.known, seeds: tt.seeds, freedom: tt.freedom}
		if got := u.p(tt.estimate); !(math.Abs(got-tt.p) <= 1e-9*tt.p) {
			t.Errorf("%+v: p = %.12g", tt, got)
		}
	}
}

// TestManyDegreesOfFreedom compares with Student's t of 49 and 1e6 degrees of freedom, by the
// incomplete beta function of gonum, and, for a known variance, with the normal distribution
// (its tail beyond 6.5 by mpmath: erfc(6.5/sqrt(2))).
func TestManyDegreesOfFreedom(t *testing.T) {
	for _, df := range []float64{49, 1e6} {
		d := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
		for _, at := range []float64{0.5, 2, 5} {
			if got, want := (uncertain{seeds: 4, freedom: df}).p(2*at), 2*d.Survival(at); math.Abs(got-want) > 1e-6*want {
				t.Errorf("%g degrees of freedom, t = %g: p = %g, want %g", df, at, got, want)
			}
		}
	}
	if got, want := (uncertain{known: 9}).half(), 3*1.959963984540054; math.Abs(got-want) > 1e-9 {
		t.Errorf("known variance: %g, want %g", got, want)
	}
	if got, want := (uncertain{known: 9}).p(19.5), 8.03200116e-11; math.Abs(got-want) > 1e-8*want {
		t.Errorf("known variance: p = %.10g, want %g", got, want)
	}
	if none := (uncertain{}); none.half() != 0 || !(none.p(1) > 0 && none.p(1) < LeastP) || none.p(0) != 1 {
		t.Errorf("no variance: %g, %g, %g", none.half(), none.p(1), none.p(0))
	}
}

// TestNoPIsZero: a p-value too small for float64 is not 0, and is written as a bound.
func TestNoPIsZero(t *testing.T) {
	m := NewMcNemar(2000, 0) // 2^-1999
	for name, p := range map[string]float64{"exact": m.Exact, "mid": m.MidP, "chi-square": m.Asymptotic} {
		if !(p > 0 && p < LeastP) {
			t.Errorf("%s: p = %g", name, p)
		}
	}
	right, wrong := make([]int32, 40), make([]int32, 40)
	for i := range wrong {
		wrong[i] = 1
	}
	r, err := SeedPair([][]int32{right, right, right}, [][]int32{wrong, wrong, wrong}, make([]int32, 40))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{m.PText, r.PText, FormatP(0)} {
		if text != "< 1e-12" {
			t.Errorf("p %s", text)
		}
	}
	if !(r.P > 0) {
		t.Errorf("p of seeds without variance: %g", r.P)
	}
	if got := FormatP(0.01234); got != "= 0.0123" {
		t.Errorf("p %s", got)
	}
}

// With both parts the quantile is the quantile of Z·√(known + seeds·df/χ²), found by drawing.
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
	// Equal variances and sizes add their degrees of freedom; a single variance keeps its own.
	for _, tt := range [][5]float64{{2, 4, 2, 4, 8}, {2, 4, 0, 9, 4}, {0, 4, 0, 9, 4}} {
		if got := welch(tt[0], tt[1], tt[2], tt[3]); math.Abs(got-tt[4]) > 1e-12 {
			t.Errorf("welch%v = %g, want %g", tt[:4], got, tt[4])
		}
	}
}
