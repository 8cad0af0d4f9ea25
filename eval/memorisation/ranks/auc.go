package ranks

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"repbench/eval"
	"repbench/eval/memorisation/faults"
)

// AUC is the probability that a value of low is smaller than one of other, equal ones counting
// half: the area under the curve of a detector that takes small scores for copies. Without
// values on either side it is ½.
func AUC(low, other []float64) float64 {
	if len(low) == 0 || len(other) == 0 {
		return 0.5
	}
	u, _ := mannWhitney(other, low)
	return u / float64(len(low)) / float64(len(other))
}

// Gap is how well values of one kind separate two sets.
type Gap struct {
	// AUC is the probability that a training image has a larger value than a held-out one.
	AUC float64 `json:"auc"`
	// Lo and Hi are the ends of its 95 % interval.
	Lo float64 `json:"lo"`
	// Hi is the upper end of the interval.
	Hi float64 `json:"hi"`
	// Train and HeldOut are the numbers of images.
	Train int `json:"train"`
	// HeldOut is the number of held-out images.
	HeldOut int `json:"held_out"`
}

// DiscriminatorGap compares a discriminator's logits of training and of held-out images: ½ where
// it does not know its training images, above where it takes them for more real. The attack is
// that of J. Hayes et al., "LOGAN: membership inference attacks against generative models",
// PoPETs 2019, section 4. The interval is that of E. DeLong, D. DeLong and D. Clarke-Pearson,
// Biometrics 44, 1988; where all pairs are in one order, that one has no width, and Wilson's is
// taken for as many trials as the smaller set has images.
func DiscriminatorGap(train, heldOut []float64) (Gap, error) {
	g := Gap{Train: len(train), HeldOut: len(heldOut)}
	if len(train) < 2 || len(heldOut) < 2 {
		return g, fmt.Errorf("the discriminator gap needs at least 2 training and 2 held-out images; there are %d and %d: %w", len(train), len(heldOut), faults.ErrFewRows)
	}
	for _, set := range [][]float64{train, heldOut} {
		if i := slices.IndexFunc(set, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
			return g, fmt.Errorf("the logit of image %d is %v: %w", i, set[i], faults.ErrNotFinite)
		}
	}
	g.AUC = AUC(heldOut, train)
	variance := delong(heldOut, train) + delong(train, heldOut)
	if variance == 0 {
		n := min(len(train), len(heldOut))
		ci := eval.Wilson(int(math.Round(g.AUC*float64(n))), n)
		g.Lo, g.Hi = ci[0], ci[1]
		return g, nil
	}
	const normal975 = 1.959963984540054
	half := normal975 * math.Sqrt(variance)
	g.Lo, g.Hi = max(0, g.AUC-half), min(1, g.AUC+half)
	return g, nil
}

// delong is the part of the variance of an AUC that comes from the values x: the variance over x
// of the share of y above x, by the number of x.
func delong(x, y []float64) float64 {
	sorted := slices.Sorted(slices.Values(y))
	mean, squares := 0.0, 0.0
	for i, v := range x {
		lo := sort.SearchFloat64s(sorted, v)
		hi := sort.Search(len(sorted), func(j int) bool { return sorted[j] > v })
		share := (float64(len(sorted)-hi) + float64(hi-lo)/2) / float64(len(sorted))
		delta := share - mean
		mean += delta / float64(i+1)
		squares += delta * (share - mean)
	}
	return squares / float64(len(x)-1) / float64(len(x))
}
