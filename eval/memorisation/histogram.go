package memorisation

import (
	"math"

	"repbench/eval/memorisation/plant"
)

// Histogram counts scores in equal bins.
type Histogram struct {
	// Lo is the lower edge of the first bin and Width that of each; scores beyond the last bin
	// are counted there.
	Lo float64 `json:"lo"`
	// Width is the width of a bin.
	Width float64 `json:"width"`
	// Series are the numbers of images in each bin.
	Series []Series `json:"series"`
}

// Series is the histogram of one kind of images.
type Series struct {
	// Name is "generated", "null", "negative", "own null", "folds" or a kind of planted copies.
	Name string `json:"name"`
	// Counts are the numbers of images, one for each bin.
	Counts []int `json:"counts"`
}

// Names of series beside the kinds of planted copies.
const (
	SeriesGenerated = "generated" // against the training images
	SeriesNull      = "null"      // held-out images against the training images
	SeriesNegative  = "negative"  // negative controls against the training images
	SeriesOwnNull   = "own null"  // generated against held-out images
	SeriesFolds     = "folds"     // generated against each fold of the training images
)

// bins is the number of bins of a histogram.
const bins = 60

// histogram counts the scores of the run's first test.
func (r *run) histogram(inFolds, heldOut []float64) *Histogram {
	d := r.first
	all := []scoreSeries{
		{SeriesGenerated, d.generatedScores.Values}, {SeriesNull, d.nullScores.Values},
		{SeriesNegative, d.negativeScores.Values}, {SeriesOwnNull, heldOut}, {SeriesFolds, inFolds},
	}
	if r.planted != nil {
		n := r.planted.PerKind
		for k, kind := range plant.CopyKinds() {
			all = append(all, scoreSeries{string(kind), d.plantedScores.Values[k*n : (k+1)*n]})
		}
	}
	return count(all)
}

// scoreSeries are the scores of one kind of images.
type scoreSeries struct {
	name   string
	scores []float64
}

// count makes the histogram of the series that have scores.
func count(all []scoreSeries) *Histogram {
	most := 0.0
	for _, s := range all {
		for _, v := range s.scores {
			if !math.IsInf(v, 0) {
				most = max(most, v)
			}
		}
	}
	if most == 0 {
		most = 1
	}
	h := &Histogram{Width: most / bins}
	for _, s := range all {
		if len(s.scores) == 0 {
			continue
		}
		counts := make([]int, bins)
		for _, v := range s.scores {
			at := bins - 1
			if v < most {
				at = min(int(v/h.Width), bins-1)
			}
			counts[at]++
		}
		h.Series = append(h.Series, Series{s.name, counts})
	}
	return h
}
