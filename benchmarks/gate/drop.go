package gate

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// leastDeviation replaces a standard deviation of pairs that is 0: paired differences of a coarse
// measurement can all be equal.
const leastDeviation = 1e-9

// guardSeeds is the number of head seeds from which the head's own spread is known well enough to
// replace the pooled one.
const guardSeeds = 5

// drop is an estimate of how much worse the head is, with a standard error on df degrees of freedom;
// pairs says that it is a mean over pairs of seeds.
type drop struct {
	d, se, df float64
	pairs     bool
}

// above is P(T ≥ (d-at)/se): small where the drop is shown to be above at.
func (e drop) above(at float64) float64 { return e.t().Survival((e.d - at) / e.se) }

// below is P(T ≤ (d-at)/se): small where the drop is shown to be below at.
func (e drop) below(at float64) float64 { return e.t().CDF((e.d - at) / e.se) }

// bound is the one-sided bound of the drop at a level: sign +1 for the upper, -1 for the lower one.
func (e drop) bound(level, sign float64) float64 { return e.d + sign*e.se*e.t().Quantile(1-level) }

func (e drop) t() distuv.StudentsT { return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: e.df} }

// pooled is the drop between the means of all seeds; base and head are oriented so that higher is
// better. ok is false where the two sides have fewer than three values together. From guardSeeds head
// seeds on, Welch's standard error and degrees of freedom are taken where that error is larger.
func pooled(base, head []float64) (e drop, ok bool) {
	b, h := float64(len(base)), float64(len(head))
	if b < 1 || h < 1 || b+h < 3 {
		return drop{}, false
	}
	vb, vh := variance(base), variance(head)
	e.d = stat.Mean(base, nil) - stat.Mean(head, nil)
	e.df = b + h - 2
	e.se = math.Sqrt((vb*(b-1) + vh*(h-1)) / e.df * (1/b + 1/h))
	if len(head) >= guardSeeds && len(base) > 1 {
		qb, qh := vb/b, vh/h
		if se := math.Sqrt(qb + qh); se > e.se {
			e.se, e.df = se, (qb+qh)*(qb+qh)/(qb*qb/(b-1)+qh*qh/(h-1))
		}
	}
	e.se = max(e.se, leastDeviation)
	return e, true
}

// paired is the mean of the drops between equal seeds; ok is false for fewer than two.
func paired(drops []float64) (e drop, ok bool) {
	n := float64(len(drops))
	if n < 2 {
		return drop{}, false
	}
	sd := max(math.Sqrt(variance(drops)), leastDeviation)
	return drop{stat.Mean(drops, nil), sd / math.Sqrt(n), n - 1, true}, true
}

// variance is the sample variance, 0 for fewer than two values.
func variance(v []float64) float64 {
	if len(v) < 2 {
		return 0
	}
	return stat.Variance(v, nil)
}

// best combines several estimates of one drop: the smallest p-value counts, times their number.
func best(estimates []drop, p func(drop) float64) float64 {
	least := 1.0
	for _, e := range estimates {
		least = min(least, p(e))
	}
	return min(1, least*float64(max(1, len(estimates))))
}

// bounds are the lower bound at one level and the upper bound at another, each the closest that one of
// the estimates gives: lower > 0 says the same as best(above 0) < levelLower.
func bounds(estimates []drop, levelLower, levelUpper float64) (lower, upper float64) {
	lower, upper = math.Inf(-1), math.Inf(1)
	n := float64(len(estimates))
	for _, e := range estimates {
		lower = max(lower, e.bound(levelLower/n, -1))
		upper = min(upper, e.bound(levelUpper/n, 1))
	}
	return lower, upper
}

// spreadP is the one-sided p-value of the F-test that the head's values spread more than the base's;
// 1 where either has fewer than two values.
func spreadP(base, head []float64) float64 {
	if len(base) < 2 || len(head) < 2 {
		return 1
	}
	vb, vh := variance(base), variance(head)
	if vb == 0 || vh == 0 {
		return 1
	}
	return distuv.F{D1: float64(len(head) - 1), D2: float64(len(base) - 1)}.Survival(vh / vb)
}
