package pvalues

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// CopyAlpha is the level at which CopyRate and the controls count.
const CopyAlpha = 0.01

// Rate is a share with its 95 % interval.
type Rate struct {
	// Estimate is the share, Lo and Hi the ends of its interval.
	Estimate float64 `json:"estimate"`
	// Lo is the lower end of the interval.
	Lo float64 `json:"lo"`
	// Hi is the upper end of the interval.
	Hi float64 `json:"hi"`
}

// CopyRate estimates the share of copies from the share F of p-values of at most alpha, of which
// a share alpha is expected among images that are no copies,
//
//	(F − α) / (1 − α), cut to [0, 1],
//
// with Wilson's interval for F carried through. Where all of that interval lies below α the null is
// too strict for the generator, whose images are farther from the training images than held-out
// ones are: then the upper end is the upper end of F, without the α. It takes all copies as found: divide by
// the detection rate of the controls for a rate of copies of their kind.
func CopyRate(p []float64, alpha float64) Rate {
	if len(p) == 0 {
		return Rate{Hi: 1}
	}
	flagged := Flagged(p, alpha)
	ci := eval.Wilson(flagged, len(p))
	without := func(f float64) float64 { return min(1, max(0, (f-alpha)/(1-alpha))) }
	r := Rate{without(float64(flagged) / float64(len(p))), without(ci[0]), without(ci[1])}
	if ci[1] <= alpha {
		r.Hi = ci[1]
	}
	return r
}

// UpperBound is the share of copies that is not exceeded with 95 % confidence, where found of m
// generated images have p-values up to a level that a copy reaches with probability power:
//
//	λ/m / power, cut to 1;  λ = 3 for none found, else the upper end of Garwood's one-sided
//	95 % interval of a Poisson mean, ½χ²₀.₉₅(2·found+2).
//
// All found count as copies, so that it holds whatever the null. F. Garwood, "Fiducial limits for
// the Poisson distribution", Biometrika 28, 1936; 3/m is the rule of three.
func UpperBound(found, m int, power float64) float64 {
	if m <= 0 || !(power > 0) {
		return 1
	}
	return min(1, most(float64(found))/float64(m)/power)
}

// most is λ of UpperBound; found may be an expected number.
func most(found float64) float64 {
	if found == 0 {
		return 3
	}
	return distuv.ChiSquared{K: 2 * (found + 1)}.Quantile(0.95) / 2
}

// BoundLevel is the level of p at which UpperBound is to count, and the power there: the smallest
// share of a kind of planted copies with p-values up to the level. Of the levels that a null of n
// images allows, up to CopyAlpha, it is the one with the smallest bound for m images that are no
// copies. A strict level finds fewer images that are none, a loose one more of the copies. The
// choice sees the planted copies alone, so that the bound stays one of 95 %. kinds are the p-values of
// each kind; without any the power is 0.
func BoundLevel(n, m int, kinds ...[]float64) (alpha, power float64) {
	alpha = 1 / float64(n+1)
	least := math.Inf(1)
	for j := 1; j == 1 || float64(j) <= CopyAlpha*float64(n+1); j++ {
		at := float64(j) / float64(n+1)
		seen := weakest(at, kinds)
		if seen == 0 {
			continue
		}
		if bound := most(at*float64(m)) / seen; bound < least {
			alpha, power, least = at, seen, bound
		}
	}
	return alpha, power
}

// weakest is the smallest share of a kind with p-values up to alpha.
func weakest(alpha float64, kinds [][]float64) float64 {
	if len(kinds) == 0 {
		return 0
	}
	least := 1.0
	for _, p := range kinds {
		least = min(least, float64(Flagged(p, alpha))/float64(max(1, len(p))))
	}
	return least
}
