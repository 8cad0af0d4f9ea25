package knn

import (
	"context"
	"fmt"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/measure"
)

// chooser chooses k. It holds no eval.ReportSplit, so that nothing can be chosen
// on one.
type chooser struct {
	train   eval.FitSplit
	valid   eval.SelectSplit
	classes int
	rule    Rule
	holdOut float64
	seed    uint64
	search  neighbours.Options
}

func (o Options) chooser() chooser {
	return chooser{train: o.Train, valid: o.Valid, classes: len(o.Classes), rule: o.Rule, holdOut: o.HoldOut, seed: o.Seed, search: o.Search}
}

// choose returns the k at which most validation rows are right, the smallest of
// equals, the accuracy at each, and on what it was chosen.
func (c chooser) choose(ctx context.Context) (k int, grid []Point, on measure.Selection, err error) {
	on = measure.Selection{On: measure.Valid, Of: "k"}
	if len(c.rule.K) == 1 {
		on.On = measure.None
		return c.rule.K[0], nil, on, nil
	}
	train, valid := c.train, c.valid
	if valid.Given() {
		on.Rows = valid.Labelled().X.N
	} else {
		train, valid = c.train.HoldOut(c.holdOut, c.seed)
		if valid.Labelled().X.N == 0 {
			return 0, nil, on, fmt.Errorf("no class has a second row to choose k on: give one k, a validation split, or more rows: %w", matrix.ErrShape)
		}
		on.Share, on.Seed = c.holdOut, c.seed
	}
	truth := valid.Labelled().Y
	predicted, err := c.rule.predict(ctx, train.Labelled(), valid.Labelled().X, c.classes, c.search, nil)
	if err != nil {
		return 0, nil, on, fmt.Errorf("choosing k: %w", err)
	}
	best, most := 0, -1
	for i, p := range predicted {
		_, correct := eval.Accuracy(p, truth)
		grid = append(grid, Point{c.rule.K[i], float64(correct) / float64(len(p)), eval.Wilson(correct, len(p))})
		if correct > most {
			best, most = i, correct
		}
	}
	return grid[best].K, grid, on, nil
}
