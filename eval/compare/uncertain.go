package compare

import (
	"math"

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

const (
	// widest is the distance of nodes in log χ² where there are few degrees of
	// freedom: the trapezoidal rule is then wrong by about exp(-π²/widest).
	widest = 0.3
	// perDeviation is the least number of nodes in a standard deviation of log χ², by
	// which many degrees of freedom are followed.
	perDeviation = 2
	// lightest is the weight, as a natural logarithm, below which nodes are left out:
	// a p-value of 1e-12 has 16 more digits before they count.
	lightest = -65.0
)

// outcomes are the standard deviations that there may be, by the trapezoidal rule in
// u = log χ², whose density is exp(f·u/2 - exp(u)/2) / (2^(f/2)·Γ(f/2)) for f degrees of
// freedom. Rules in the quantile of χ² have hardly a node in the left tail, where
// the variance is large: small p-values come from there alone. TestStudentTails holds
// the error of p.
func (u uncertain) outcomes() []outcome {
	if u.seeds == 0 {
		return []outcome{{math.Sqrt(u.known), 1}}
	}
	f := u.freedom
	step := min(widest, math.Sqrt(2/f)/perDeviation)
	gamma, _ := math.Lgamma(f / 2)
	density := func(at float64) float64 { return f/2*at - math.Exp(at)/2 - f/2*math.Ln2 - gamma }
	var all []outcome
	node := func(at float64) bool {
		log := density(at) + math.Log(step)
		if log < lightest {
			return false
		}
		all = append(all, outcome{math.Sqrt(u.known + u.seeds*f*math.Exp(-at)), math.Exp(log)})
		return true
	}
	for at := math.Log(f); node(at); at += step { // from the largest density on
	}
	for at := math.Log(f) - step; node(at); at -= step {
	}
	return all
}

// beyond returns P(|Z| > h) and its derivative by h, for h ≥ 0.
func beyond(h float64, all []outcome) (p, slope float64) {
	for _, o := range all {
		z := h / o.sd
		p += o.weight * math.Erfc(z/math.Sqrt2)
		slope -= o.weight * math.Sqrt(2/math.Pi) * math.Exp(-z*z/2) / o.sd
	}
	return p, slope
}

// half returns h with P(|Z| > h) = 5 %. P is convex in h, so Newton's method
// ascends to the solution from below.
func (u uncertain) half() float64 {
	if !(u.total() > 0) {
		return 0
	}
	all, h := u.outcomes(), 0.0
	for range 100 {
		p, slope := beyond(h, all)
		step := (0.05 - p) / slope
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
		return notZero(0)
	}
	p, _ := beyond(math.Abs(estimate), u.outcomes())
	return notZero(min(1, p))
}

// around is the interval centre ± half, cut to [lo, hi].
func (u uncertain) around(centre, lo, hi float64) eval.Interval {
	h := u.half()
	return eval.Interval{max(lo, centre-h), min(hi, centre+h)}
}
