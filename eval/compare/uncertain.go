package compare

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// uncertain is an estimated variance of a normal estimate: a part from the rows
// that is taken as known, and a part from the seeds, few of which there are.
//
// Its intervals solve E P(|Z| ≤ h) = 95 %, the expectation over the variance
// known + seeds·freedom/χ²(freedom). With nothing known that is Student's t, else
// the solution of Behrens and Fisher with one variance known (R. A. Fisher, "The
// fiducial argument in statistical inference", Annals of Eugenics 6, 1935; S.
// Weerahandi, "Generalized confidence intervals", JASA 88, 1993). It errs on the
// wide side where Satterthwaite's t errs on the narrow one: with two seeds that
// happen to agree the latter covers less than 90 %.
type uncertain struct {
	known, seeds, freedom float64
}

// total is the estimate of the variance.
func (u uncertain) total() float64 { return u.known + u.seeds }

// outcome is a standard deviation and its weight.
type outcome struct{ sd, weight float64 }

// nodes is the number of Gauss-Legendre nodes over χ²; TestUncertain holds the
// error of the quantile against Student's t.
const nodes = 32

// outcomes are the standard deviations that there may be, by quantiles of χ².
func (u uncertain) outcomes() []outcome {
	if u.seeds == 0 {
		return []outcome{{math.Sqrt(u.known), 1}}
	}
	p, w := make([]float64, nodes), make([]float64, nodes)
	quad.Legendre{}.FixedLocations(p, w, 0, 1)
	all := make([]outcome, nodes)
	d := distuv.ChiSquared{K: u.freedom}
	for i := range p {
		all[i] = outcome{math.Sqrt(u.known + u.seeds*u.freedom/d.Quantile(p[i])), w[i]}
	}
	return all
}

// within returns P(|Z| ≤ h) and its derivative by h, for h > 0.
func within(h float64, all []outcome) (p, slope float64) {
	for _, o := range all {
		z := h / o.sd
		p += o.weight * math.Erf(z/math.Sqrt2)
		slope += o.weight * math.Sqrt(2/math.Pi) * math.Exp(-z*z/2) / o.sd
	}
	return p, slope
}

// half returns h with P(|Z| ≤ h) = 95 %. P is concave in h, so Newton's method
// ascends to the solution from below.
func (u uncertain) half() float64 {
	if !(u.total() > 0) {
		return 0
	}
	all, h := u.outcomes(), 0.0
	for range 100 {
		p, slope := within(h, all)
		step := (0.95 - p) / slope
		h += step
		if math.Abs(step) <= 1e-10*h {
			break
		}
	}
	return h
}

// p is the two-sided p-value of an estimate under the hypothesis of 0.
func (u uncertain) p(estimate float64) float64 {
	switch {
	case estimate == 0:
		return 1
	case !(u.total() > 0):
		return 0
	}
	in, _ := within(math.Abs(estimate), u.outcomes())
	return min(1, max(0, 1-in))
}

// around is the interval centre ± half, cut to [lo, hi].
func (u uncertain) around(centre, lo, hi float64) eval.Interval {
	h := u.half()
	return eval.Interval{max(lo, centre-h), min(hi, centre+h)}
}
