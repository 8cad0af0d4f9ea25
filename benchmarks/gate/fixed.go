package gate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval/compare"
)

// midP is the one-sided mid-p value of McNemar's test that the head is worse: P(X > lost) + P(X = lost)/2
// with X ~ Bin(lost+won, 1/2).
func midP(lost, won int) float64 {
	both := compare.NewMcNemar(lost, won).MidP // two-sided
	switch {
	case lost > won:
		return both / 2
	case lost < won:
		return 1 - both/2
	}
	return 0.5
}

// tango is the one-sided bound at a level of the difference (lost-won)/n of paired proportions: the
// value at which Tango's score statistic leaves the acceptance region (T. Tango, "Equivalence test and
// confidence interval for the difference in proportions for the paired-sample design", Statistics in
// Medicine 17, 1998). sign is +1 for the upper and -1 for the lower bound.
//
// It is found by bisection, of which 200 halvings of an interval of length 2 leave no error but
// rounding.
func tango(lost, won, n int, level, sign float64) float64 {
	z := distuv.UnitNormal.Quantile(1 - level)
	inside, outside := float64(lost-won)/float64(n), sign
	for range 200 {
		middle := (inside + outside) / 2
		if middle == inside || middle == outside {
			break
		}
		if math.Abs(score(lost, won, n, middle)) <= z {
			inside = middle
		} else {
			outside = middle
		}
	}
	return inside
}

// score is Tango's statistic for the hypothesis that the difference is d: the distance of the observed
// difference from d over its standard error, with the share of won images that is most likely under d.
func score(lost, won, n int, d float64) float64 {
	b, c, m := float64(lost), float64(won), float64(n)
	bb, cc := (2*m-b+c)*d-b-c, -c*d*(1-d)
	q := (math.Sqrt(max(0, bb*bb-8*m*cc)) - bb) / (4 * m)
	variance := m * (2*q + d*(1-d))
	distance := b - c - m*d
	if variance <= 0 {
		if distance == 0 {
			return 0
		}
		return math.Copysign(math.Inf(1), distance)
	}
	return distance / math.Sqrt(variance)
}

// fisher is the one-sided p-value of Fisher's exact test that the head's share of collapsed seeds is above
// the base's: the chance of at least h collapsed seeds among kh when b+h of kb+kh collapsed.
func fisher(b, kb, h, kh int) float64 {
	choose := func(n, k int) float64 {
		if k < 0 || k > n {
			return math.Inf(-1)
		}
		all, _ := math.Lgamma(float64(n + 1))
		in, _ := math.Lgamma(float64(k + 1))
		out, _ := math.Lgamma(float64(n - k + 1))
		return all - in - out
	}
	p := 0.0
	for x := h; x <= kh; x++ {
		p += math.Exp(choose(kh, x) + choose(kb, b+h-x) - choose(kb+kh, b+h))
	}
	return min(1, p)
}
