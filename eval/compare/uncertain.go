package compare

import (
	"math"

	"repbench/eval"
)

// uncertain is an estimated variance of a normal estimate. It has a part from the rows, which
// is treated as known, and a part from the seeds, which are few.
//
// Its intervals solve E P(|Z| ≤ h) = 95 %, the expectation over the variance known +
// seeds·freedom/χ²(freedom). With known = 0 this is Student's t, otherwise the solution of
// Behrens and Fisher with one variance known (R. A. Fisher, "The fiducial argument in
// statistical inference", Annals of Eugenics 6, 1935; S. Weerahandi, "Generalized confidence
// intervals", JASA 88, 1993). Its intervals are rather too wide, Satterthwaite's t rather too
// narrow: with two seeds that happen to agree, Satterthwaite's interval covers less than 90 %.
type uncertain struct {
	known, seeds, freedom float64
}

// total returns the estimate of the variance.
func (u uncertain) total() float64 { return u.known + u.seeds }

// outcome is a standard deviation and its weight.
type outcome struct{ sd, weight float64 }

const (
	// widest is the distance of nodes in log χ² for few degrees of freedom: the error of the
	// trapezoidal rule is then about exp(-π²/widest).
	widest = 0.3
	// perDeviation is the least number of nodes per standard deviation of log χ², for many
	// degrees of freedom.
	perDeviation = 2
	// lightest is the natural logarithm of the weight below which nodes are left out: a p-value
	// of 1e-12 has 16 more digits before they count.
	lightest = -65.0
)

// outcomes returns the possible standard deviations with their weights, by the trapezoidal rule
// in u = log χ². The density is exp(f·u/2 - exp(u)/2) / (2^(f/2)·Γ(f/2)) for f degrees of
// freedom. Rules in the quantile of χ² have hardly a node in the left tail, where the variance
// is large; small p-values come from that tail alone. TestStudentTails checks the error of p.
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
	for at := math.Log(f); node(at); at += step { // from the maximum of the density on
	}
	for at := math.Log(f) - step; node(at); at -= step {
	}
	return all
}

// beyond returns P(|Z| > h) and its derivative with respect to h, for h ≥ 0.
func beyond(h float64, all []outcome) (p, slope float64) {
	for _, o := range all {
		z := h / o.sd
		p += o.weight * math.Erfc(z/math.Sqrt2)
		slope -= o.weight * math.Sqrt(2/math.Pi) * math.Exp(-z*z/2) / o.sd
	}
	return p, slope
}

// half returns the h with P(|Z| > h) = 5 %. P is convex in h, so that Newton's method ascends
// to the solution from below.
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

// p returns the two-sided p-value of an estimate under the hypothesis of 0.
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

// around returns the interval centre ± half, clipped to [lo, hi].
func (u uncertain) around(centre, lo, hi float64) eval.Interval {
	h := u.half()
	return eval.Interval{max(lo, centre-h), min(hi, centre+h)}
}
