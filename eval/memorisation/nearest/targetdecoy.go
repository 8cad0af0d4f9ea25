package nearest

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"repbench/eval/memorisation/faults"
)

// TargetDecoy lets training and held-out images compete for the generated ones: how often is
// the nearest of all of them a training image? Without copying it is so in proportion to their
// numbers, whatever the generator's images look like. Competition with decoys is from proteomics:
// J. Elias and S. Gygi, Nature Methods 4, 2007.
type TargetDecoy struct {
	// Wins is the number of generated images whose nearest image is a training image; where a
	// held-out one is as near, the held-out one wins.
	Wins int `json:"training_wins"`
	// Share is that share of the generated images, Expected the share without copying.
	Share float64 `json:"share"`
	// Expected is n_t/(n_t+n_h), of n_t training and n_h held-out images.
	Expected float64 `json:"expected_share"`
	// Z is (Share−Expected)/√(Expected·(1−Expected)/NEff), about standard normal without copying.
	Z float64 `json:"z"`
	// ZIndependent is the same with the number of generated images for NEff, which is too large
	// where images share nearest ones.
	ZIndependent float64 `json:"z_independent"`
	// NEff is the effective number of nearest images among both sets.
	NEff float64 `json:"n_eff"`
	// Distinct is the number of distinct nearest images.
	Distinct int `json:"distinct_nearest_rows"`
	// FDR says how many training images are selected at false discovery rates.
	FDR []DecoyFDR `json:"fdr,omitempty"`
}

// DecoyFDR is what competition selects at one false discovery rate.
type DecoyFDR struct {
	// Q is the false discovery rate.
	Q float64 `json:"q"`
	// Selected is the number of training images that some generated image is nearest to with a
	// score of at most Threshold.
	Selected int `json:"selected"`
	// Threshold is the largest score with ρ(1+H)/T ≤ Q, T and H the numbers of training and
	// held-out images up to it, ρ = n_t/n_h; nil: there is none.
	Threshold *float64 `json:"threshold"`
}

// Decoys are generated images with their nearest training and held-out images.
type Decoys struct {
	// Train and HeldOut are the neighbours of the same images among the training images and
	// among the held-out ones.
	Train Near
	// HeldOut are the neighbours among the held-out images.
	HeldOut Near
	// TrainRows and HeldOutRows are the numbers of images there.
	TrainRows int
	// HeldOutRows is the number of held-out images.
	HeldOutRows int
}

// Compete is the competition, with the numbers selected by score at each false discovery rate.
// The scores that it takes are Distance and Ratio, the ratio of the two nearest images of both
// sets together.
func (d Decoys) Compete(s Score, rates ...float64) (TargetDecoy, error) {
	n := d.Train.N()
	switch {
	case n == 0 || d.HeldOut.N() != n:
		return TargetDecoy{}, fmt.Errorf("target-decoy needs the same images on both sides; there are %d and %d: %w", n, d.HeldOut.N(), faults.ErrFewRows)
	case d.TrainRows < 1 || d.HeldOutRows < 1:
		return TargetDecoy{}, fmt.Errorf("target-decoy needs training and held-out images; there are %d and %d: %w", d.TrainRows, d.HeldOutRows, faults.ErrFewRows)
	case s != Distance && s != Ratio:
		return TargetDecoy{}, fmt.Errorf("target-decoy takes the scores distance and ratio, not %s", s)
	case s == Ratio && (d.Train.K < min(2, d.TrainRows) || d.HeldOut.K < min(2, d.HeldOutRows)):
		return TargetDecoy{}, fmt.Errorf("target-decoy by ratio needs 2 neighbours on each side; there are %d and %d: %w", d.Train.K, d.HeldOut.K, faults.ErrNeighbours)
	}
	wins, rows := d.nearest()
	t := TargetDecoy{Expected: float64(d.TrainRows) / float64(d.TrainRows+d.HeldOutRows), NEff: EffectiveNumber(rows), Distinct: len(counts(rows))}
	for _, w := range wins {
		if w {
			t.Wins++
		}
	}
	t.Share = float64(t.Wins) / float64(n)
	spread := math.Sqrt(t.Expected * (1 - t.Expected))
	t.Z = (t.Share - t.Expected) / spread * math.Sqrt(t.NEff)
	t.ZIndependent = (t.Share - t.Expected) / spread * math.Sqrt(float64(n))
	scores := d.scores(s)
	best := closest(rows, scores)
	for _, q := range rates {
		t.FDR = append(t.FDR, selectByDecoys(best, wins, scores, float64(d.TrainRows)/float64(d.HeldOutRows), q))
	}
	return t, nil
}

// nearest says for each image whether a training image is the nearest, and which image of both
// sets is; held-out ones are numbered after the training ones.
func (d Decoys) nearest() (wins []bool, rows []int32) {
	wins, rows = make([]bool, d.Train.N()), make([]int32, d.Train.N())
	for i := range wins {
		t, dt := d.Train.Nearest(i)
		h, dh := d.HeldOut.Nearest(i)
		wins[i], rows[i] = dt < dh, t
		if !wins[i] {
			rows[i] = int32(d.TrainRows) + h
		}
	}
	return wins, rows
}

// scores are the scores of the images in both sets together.
func (d Decoys) scores(s Score) []float64 {
	out := make([]float64, d.Train.N())
	for i := range out {
		near := slices.Concat(d.Train.Of(i)[:min(2, d.Train.K)], d.HeldOut.Of(i)[:min(2, d.HeldOut.K)])
		slices.Sort(near)
		switch {
		case s == Distance:
			out[i] = near[0]
		case near[0] > 0 && len(near) > 1:
			out[i] = near[0] / near[1]
		}
	}
	return out
}

// closest returns for each distinct row the image with the smallest score, the first of equal
// ones: one image for each, since those that share a nearest image are not independent.
func closest(rows []int32, scores []float64) []int {
	best := map[int32]int{}
	for i, row := range rows {
		if b, ok := best[row]; !ok || scores[i] < scores[b] {
			best[row] = i
		}
	}
	out := make([]int, 0, len(best))
	for _, i := range best {
		out = append(out, i)
	}
	sort.Slice(out, func(a, b int) bool {
		return scores[out[a]] < scores[out[b]] || scores[out[a]] == scores[out[b]] && out[a] < out[b]
	})
	return out
}

// selectByDecoys finds the largest threshold with an estimated rate of at most q. best ascends
// by score.
func selectByDecoys(best []int, wins []bool, scores []float64, rho, q float64) DecoyFDR {
	out := DecoyFDR{Q: q}
	targets, decoys := 0, 0
	for k, i := range best {
		if wins[i] {
			targets++
		} else {
			decoys++
		}
		if k+1 < len(best) && scores[best[k+1]] == scores[i] {
			continue
		}
		if rho*float64(1+decoys)/float64(max(targets, 1)) <= q {
			v := scores[i]
			out.Selected, out.Threshold = targets, &v
		}
	}
	return out
}
