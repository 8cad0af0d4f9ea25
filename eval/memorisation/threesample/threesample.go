package threesample

import (
	"fmt"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/ranks"
)

// ThreeSample is the outcome of the three-sample test: are generated images nearer to the
// training images than held-out ones are? C. Meehan, K. Chaudhuri and S. Dasgupta, "A
// non-parametric test to detect data-copying in generative models", AISTATS 2020, section 3.
//
// Far below 0 it says that they are nearer, as a whole. It is not a test of copying where the
// generator is unlike the data, and does not see rare copies: with n = m = 2,000 one copy in a
// hundred moves it by about half a unit.
type ThreeSample struct {
	// ZU is z as in the code of the authors, with their ½ against U.
	ZU float64 `json:"z_u"`
	// ZUTieCorrected is z with the variance corrected for ties and without the ½.
	ZUTieCorrected float64 `json:"z_u_tie_corrected"`
	// U counts the pairs in which the generated image is farther from its nearest training
	// image than the held-out one, pairs of equal distances by half.
	U float64 `json:"u"`
	// Valid says that z has the standard normal distribution without copying: that the images
	// of both sets have distinct enough nearest training images.
	Valid bool `json:"valid"`
	// P is the one-sided p-value of z as small; nil: not valid.
	P *float64 `json:"p,omitempty"`
	// NEffGenerated and NEffHeldOut are the effective numbers of nearest training images.
	NEffGenerated float64 `json:"n_eff_generated"`
	// NEffHeldOut is the effective number of nearest training images of the held-out images.
	NEffHeldOut float64 `json:"n_eff_held_out"`
	// Why says why it is not valid.
	Why string `json:"why,omitempty"`
}

// validShare is the share of n that n_eff must exceed for normal p-values.
const validShare = 0.5

// CompareThreeSamples compares the distances of generated and of held-out images from their nearest
// training images.
func CompareThreeSamples(generated, heldOut nearest.Near) (ThreeSample, error) {
	m, n := generated.N(), heldOut.N()
	if m == 0 || n == 0 {
		return ThreeSample{}, fmt.Errorf("the three-sample test needs generated and held-out images; there are %d and %d: %w", m, n, faults.ErrFewRows)
	}
	t := ThreeSample{NEffGenerated: generated.NEff(), NEffHeldOut: heldOut.NEff()}
	t.ZU, t.ZUTieCorrected, t.U = ranks.ZU(generated.First(), heldOut.First())
	switch {
	case t.NEffGenerated <= validShare*float64(m):
		t.Why = fmt.Sprintf("the nearest training images of the %d generated images count as %.0f independent ones, not more than half", m, t.NEffGenerated)
	case t.NEffHeldOut <= validShare*float64(n):
		t.Why = fmt.Sprintf("the nearest training images of the %d held-out images count as %.0f independent ones, not more than half", n, t.NEffHeldOut)
	default:
		t.Valid = true
		p := ranks.OneSided(t.ZU)
		t.P = &p
	}
	return t, nil
}
