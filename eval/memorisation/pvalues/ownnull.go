package pvalues

import (
	"fmt"
	"slices"

	"repbench/eval/memorisation/faults"
)

// OwnNull judges the generated images by themselves: their scores against a part of the training
// set (a fold) beside their scores against as many held-out images. Without copying the fold and
// the held-out images are exchangeable, whatever the generator's images look like, so that the
// comparison holds also where held-out images are no null for the generator.
type OwnNull struct {
	// Folds is the number of folds compared, Rows the number of images in each and of the
	// held-out images.
	Folds int `json:"folds"`
	// Rows is the number of training images of a fold.
	Rows int `json:"rows"`
	// FlaggedAt1 and FlaggedAt5 are the shares of images with p ≤ 0.01 and p ≤ 0.05, means
	// over the folds; 0.01 and 0.05 are expected without copying.
	FlaggedAt1 float64 `json:"flagged_at_1"`
	// FlaggedAt5 is the mean share of images with p ≤ 0.05.
	FlaggedAt5 float64 `json:"flagged_at_5"`
	// Selected is the number of images that BenjaminiHochberg selects in each fold.
	Selected []int `json:"selected"`
	// SmallestFindable is the smallest number that can be selected in a fold.
	SmallestFindable int `json:"smallest_findable"`
	// P is min(1, Folds · the smallest p-value over the folds) of each image.
	P []float64 `json:"-"`

	// inFold are the p-values of the images in each fold.
	inFold [][]float64
}

// CompareOwnNull takes the scores of the same generated images against each fold and against the
// held-out images, and the false discovery rate q. rows is the number of images of a fold.
func CompareOwnNull(folds [][]float64, heldOut []float64, rows int, q float64) (OwnNull, error) {
	m := len(heldOut)
	o := OwnNull{Folds: len(folds), Rows: rows, SmallestFindable: SmallestFindable(m, m, q)}
	if m == 0 || len(folds) == 0 {
		return o, fmt.Errorf("the generator's own null needs images and folds; there are %d and %d: %w", m, len(folds), faults.ErrFewRows)
	}
	for f, scores := range folds {
		if len(scores) != m {
			return o, fmt.Errorf("fold %d has scores of %d images, the held-out images of %d: %w", f, len(scores), m, faults.ErrFewRows)
		}
		o.inFold = append(o.inFold, PValues(heldOut, scores))
	}
	o.judge(q)
	return o, nil
}

// judge derives the shares, what is selected at the false discovery rate q, and P from the p-values
// in the folds.
func (o *OwnNull) judge(q float64) {
	m := len(o.inFold[0])
	o.Selected, o.P = nil, slices.Repeat([]float64{1}, m)
	at1, at5 := 0, 0
	for _, p := range o.inFold {
		at1 += Flagged(p, 0.01)
		at5 += Flagged(p, 0.05)
		o.Selected = append(o.Selected, len(BenjaminiHochberg(p, q).Selected))
		for i, v := range p {
			o.P[i] = min(o.P[i], v*float64(o.Folds))
		}
	}
	all := float64(m * o.Folds)
	o.FlaggedAt1, o.FlaggedAt5 = float64(at1)/all, float64(at5)/all
}

// WithSecond takes a second test of the same images in folds of the same number together with o:
// p-values after CombineTwo in each fold, which are as coarse as the p-values of a null of half the size.
func (o *OwnNull) WithSecond(second *OwnNull, q float64) {
	for f := range o.inFold {
		o.inFold[f] = CombineTwo(o.inFold[f], second.inFold[f])
	}
	m := len(o.P)
	o.SmallestFindable = SmallestFindable((m+1)/2-1, m, q)
	o.judge(q)
}
