package memorisation

import (
	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// CopyAlpha is the level at which CopyRate and the controls count.
const CopyAlpha = 0.01

// CopyRate estimates the share of copies from the share F of p-values of at most alpha, of which
// a share alpha is expected among images that are no copies,
//
//	(F − α) / (1 − α), cut to [0, 1],
//
// with Wilson's interval for F carried through. It takes all copies as found: divide by the
// detection rate of the controls for a rate of copies of their kind.
func CopyRate(p []float64, alpha float64) Rate {
	if len(p) == 0 {
		return Rate{Hi: 1}
	}
	flagged := Flagged(p, alpha)
	ci := eval.Wilson(flagged, len(p))
	without := func(f float64) float64 { return min(1, max(0, (f-alpha)/(1-alpha))) }
	return Rate{without(float64(flagged) / float64(len(p))), without(ci[0]), without(ci[1])}
}

// UpperBound is the share of copies that is not exceeded with 95 % confidence, where found of m
// generated images have scores below all of the null, and a copy has with probability power:
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
	lambda := 3.0
	if found > 0 {
		lambda = distuv.ChiSquared{K: 2 * float64(found+1)}.Quantile(0.95) / 2
	}
	return min(1, lambda/float64(m)/power)
}

// Below is the number of scores that are smaller than all of the null.
func Below(null, scores []float64) int {
	return Flagged(PValues(null, scores), 1/float64(len(null)+1))
}
