package memorisation

import (
	"context"
	"maps"
	"slices"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/search"
	"repbench/eval/neighbours"
)

// detector is one test of a run: the parts of its sets in one space, what is near to what, and
// the scores and p-values that follow.
type detector struct {
	search.Finder
	score nearest.Score

	// train and heldOut are the whole sets; generated are the images tested; null, negative and
	// planted are the copies that the test is calibrated and controlled by, empty where there are none.
	train, heldOut, generated, null, negative, planted search.Part

	// near and scored are by name of the part.
	nearGenerated, nearNull, nearNegative, nearPlanted search.Found
	generatedScores, nullScores                        nearest.Scored
	negativeScores, plantedScores                      nearest.Scored

	// own holds distances of training rows from other training rows, by row.
	own nearest.TrainNear
	// folds is what the generator's own null is made of.
	folds folds
}

// names of the parts in the progress.
const (
	nameGenerated = "nearest: generated"
	nameNull      = "nearest: null"
	nameNegative  = "nearest: negative controls"
	namePlanted   = "nearest: planted copies"
	nameHeldOut   = "nearest: generated to held-out"
	nameTrain     = "nearest: training to training"
	nameNND       = "nearest: held-out to generated"
)

// search finds the neighbours of all parts and their scores.
func (d *detector) search(ctx context.Context) (err error) {
	for _, s := range []struct {
		what    string
		queries search.Part
		into    *search.Found
	}{{nameNull, d.null, &d.nearNull}, {nameNegative, d.negative, &d.nearNegative}, {namePlanted, d.planted, &d.nearPlanted}} {
		if *s.into, err = d.Find(ctx, s.what, d.train, s.queries, Kept, nil); err != nil {
			return err
		}
	}
	if err := d.searchFolds(ctx); err != nil {
		return err
	}
	for _, s := range []struct {
		near search.Found
		into *nearest.Scored
	}{{d.nearGenerated, &d.generatedScores}, {d.nearNull, &d.nullScores}, {d.nearNegative, &d.negativeScores}, {d.nearPlanted, &d.plantedScores}} {
		if *s.into, err = d.scoresIn(ctx, d.train, &d.own, s.near); err != nil {
			return err
		}
	}
	return nil
}

// scoresIn scores what was found in a base. own holds distances of rows of the base from others
// of it; the missing ones are searched for and added.
func (d *detector) scoresIn(ctx context.Context, base search.Part, own *nearest.TrainNear, near search.Found) (nearest.Scored, error) {
	if near.Len() == 0 {
		return nearest.Scored{}, nil
	}
	if k := d.score.OwnNeighbours(); k > 0 {
		if err := d.ownNear(ctx, base, own, near, k); err != nil {
			return nearest.Scored{}, err
		}
	}
	return nearest.Scores(d.score, near.Near(), *own)
}

// ownNear adds the k smallest distances of the nearest rows of near from other rows of the base,
// where own lacks them.
func (d *detector) ownNear(ctx context.Context, base search.Part, own *nearest.TrainNear, near search.Found, k int) error {
	if own.Distances == nil {
		own.Distances = map[int32][]float64{}
	}
	missing := map[int32]bool{}
	for i := range near.Len() {
		if row := near.Of(i)[0].Row; len(own.Distances[row]) < k {
			missing[row] = true
		}
	}
	rows := slices.Sorted(maps.Keys(missing))
	if len(rows) == 0 {
		return nil
	}
	f, err := d.Find(ctx, nameTrain, base, base.Take(rows), k, rows)
	if err != nil {
		return err
	}
	own.K = max(own.K, k)
	for i, row := range rows {
		own.Distances[row] = distances(f.Of(i))
	}
	return nil
}

func distances(near []neighbours.Match) []float64 {
	d := make([]float64, len(near))
	for i, m := range near {
		d[i] = m.Distance
	}
	return d
}

// pValues are the p-values of scores by the null.
func (d *detector) pValues(s nearest.Scored) []float64 {
	return pvalues.PValues(d.nullScores.Values, s.Values)
}
