package eval

import (
	"context"
	"fmt"
)

// chooser chooses C. It holds no test split, so that nothing can be chosen on
// one.
type chooser struct {
	train   Labelled
	valid   *Labelled
	classes int
	on      Selection
	holdOut float64
	folds   int
	svm     SVMOptions
}

// chooser returns the chooser for the columns of a layer.
func (o LinearOptions) chooser(l Layer) chooser {
	c := chooser{
		train: columns(o.Train, l), classes: len(o.Classes),
		on: o.SelectOn, holdOut: o.HoldOut, folds: o.Folds, svm: o.svm(o.C),
	}
	if o.Valid != nil {
		v := columns(*o.Valid, l)
		c.valid = &v
	}
	return c
}

// columns returns the split with the columns of a layer only.
func columns(s Labelled, l Layer) Labelled {
	return Labelled{X: s.X.Cols(l.Lo, l.Hi), Y: s.Y}
}

// choose returns the C of highest validation accuracy, the smallest of equals,
// and the accuracy at each.
func (c chooser) choose(ctx context.Context) (float64, []GridPoint, error) {
	correct, rows, err := c.score(ctx)
	if err != nil {
		return 0, nil, err
	}
	best := 0
	grid := make([]GridPoint, len(correct))
	for i, n := range correct {
		grid[i] = GridPoint{C: c.svm.C[i], Accuracy: float64(n) / float64(rows), CI95: Wilson(n, rows)}
		if n > correct[best] {
			best = i
		}
	}
	return grid[best].C, grid, nil
}

// score returns the number of validation rows that are right at each C, and of
// all.
func (c chooser) score(ctx context.Context) (correct []int, rows int, err error) {
	if c.on == SelectCV {
		return c.crossValidate(ctx)
	}
	if c.valid != nil {
		correct, err = c.path(ctx, c.train, *c.valid)
		return correct, len(c.valid.Y), err
	}
	rest, held := holdOut(c.train.Y, c.holdOut, c.svm.Seed)
	if correct, err = c.path(ctx, c.train.subset(rest), c.train.subset(held)); err != nil {
		return nil, 0, fmt.Errorf("eval: with %d of %d rows held out: %w", len(held), len(c.train.Y), err)
	}
	return correct, len(held), nil
}

// crossValidate adds up score over the folds.
func (c chooser) crossValidate(ctx context.Context) ([]int, int, error) {
	sum := make([]int, len(c.svm.C))
	for f, held := range deal(c.train.Y, c.folds, c.svm.Seed) {
		rest := without(len(c.train.Y), held)
		correct, err := c.path(ctx, c.train.subset(rest), c.train.subset(held))
		if err != nil {
			return nil, 0, fmt.Errorf("eval: fold %d of %d: %w", f+1, c.folds, err)
		}
		for i, n := range correct {
			sum[i] += n
		}
	}
	return sum, len(c.train.Y), nil
}

// path fits at every C and returns how many rows of valid each gets right.
func (c chooser) path(ctx context.Context, train, valid Labelled) ([]int, error) {
	fits, err := FitSVM(ctx, train.X, train.Y, c.classes, c.svm)
	if err != nil {
		return nil, err
	}
	correct := make([]int, len(fits))
	for i, f := range fits {
		predicted, err := f.Model.Predict(ctx, valid.X, c.svm.Threads)
		if err != nil {
			return nil, fmt.Errorf("validation rows: %w", err)
		}
		_, correct[i] = Accuracy(predicted, valid.Y)
	}
	return correct, nil
}
