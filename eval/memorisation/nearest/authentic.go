package nearest

import (
	"fmt"

	"repbench/eval/memorisation/faults"
)

// YoonThreshold is the ratio d₁/d₂ below which T. Yoon et al. 2023 take an image for memorised.
const YoonThreshold = 1.0 / 3

// AuthenticShare is the share of queries that are authentic: farther from their nearest training
// row than that row is from its own nearest training row (A. Alaa et al. 2022, section 4).
// AuthPct is 100 times the share.
func AuthenticShare(near Near, own TrainNear) (float64, error) {
	n := near.N()
	if n == 0 {
		return 0, fmt.Errorf("authenticity needs images; there are none: %w", faults.ErrFewRows)
	}
	authentic := 0
	for i := range n {
		row, d := near.Nearest(i)
		other, err := own.of(row, 1)
		if err != nil {
			return 0, err
		}
		if other[0] < d {
			authentic++
		}
	}
	return float64(authentic) / float64(n), nil
}

// BelowThird is the share of ratios d₁/d₂ below YoonThreshold.
func BelowThird(ratios []float64) float64 {
	if len(ratios) == 0 {
		return 0
	}
	n := 0
	for _, r := range ratios {
		if r < YoonThreshold {
			n++
		}
	}
	return float64(n) / float64(len(ratios))
}
