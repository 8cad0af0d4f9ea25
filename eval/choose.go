package eval

import (
	"context"
	"fmt"

	"repbench/eval/linear"
	"repbench/features/matrix"
)

// chooser chooses C. Its splits are of the roles that may be looked at, so that
// nothing can be chosen on the reported one.
type chooser struct {
	kind    linear.Classifier
	train   FitSplit
	valid   SelectSplit
	classes []string
	on      Selection
	holdOut float64
	folds   int
	svm     linear.Options
}

// chooser returns the chooser for the columns of a layer.
func (o LinearOptions) chooser(l Layer) chooser {
	c := chooser{
		train: o.Train.Cols(l.Lo, l.Hi), classes: o.Classes,
		on: o.SelectOn, holdOut: o.HoldOut, folds: o.Folds, svm: o.svm(o.C), kind: o.Classifier,
	}
	if o.Valid.Given() {
		c.valid = o.Valid.Cols(l.Lo, l.Hi)
	}
	return c
}

// choice is the outcome of choosing C: the accuracy at each cost and how many
// rows were right at the chosen one.
type choice struct {
	c       float64
	correct int
	grid    []GridPoint
}

// choose returns the C at which most validation rows are right, the smallest of
// equals.
func (c chooser) choose(ctx context.Context) (choice, error) {
	correct, rows, err := c.score(ctx)
	if err != nil {
		return choice{}, err
	}
	grid := make([]GridPoint, len(correct))
	for i, n := range correct {
		grid[i] = GridPoint{C: c.svm.C[i], Accuracy: float64(n) / float64(rows), CI95: Wilson(n, rows)}
	}
	best := most(correct)
	return choice{grid[best].C, correct[best], grid}, nil
}

// most returns the place of the largest count, the first of equals. Choices
// compare counts: means of shares that are equal may differ in their last bit.
func most(counts []int) int {
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return best
}

// score returns the number of validation rows that are right at each C, and of
// all.
func (c chooser) score(ctx context.Context) (correct []int, rows int, err error) {
	if c.on == SelectCV {
		return c.crossValidate(ctx)
	}
	if c.valid.Given() {
		correct, err = c.path(ctx, "the train split", c.train, c.valid)
		return correct, c.valid.selection.X.N, err
	}
	rest, held := c.train.HoldOut(c.holdOut, c.svm.Seed)
	if held.selection.X.N == 0 {
		return nil, 0, nothingHeld()
	}
	where := fmt.Sprintf("the train split with %d of %d rows held out", held.selection.X.N, c.train.fit.X.N)
	correct, err = c.path(ctx, where, rest, held)
	return correct, held.selection.X.N, err
}

// nothingHeld says that no class has a row to spare, and the ways out.
func nothingHeld() error {
	return fmt.Errorf("no class has a second row to choose C on: give one C, a validation split, or more rows: %w", matrix.ErrShape)
}

// crossValidate adds up score over the folds; rows that are in none are not
// counted.
func (c chooser) crossValidate(ctx context.Context) (sum []int, rows int, err error) {
	sum = make([]int, len(c.svm.C))
	for i, f := range c.train.Folds(c.folds, c.svm.Seed) {
		n := f.Held.selection.X.N
		if n == 0 {
			continue
		}
		rows += n
		where := fmt.Sprintf("the train split without fold %d of %d", i+1, c.folds)
		correct, err := c.path(ctx, where, f.Fit, f.Held)
		if err != nil {
			return nil, 0, err
		}
		for i, n := range correct {
			sum[i] += n
		}
	}
	if rows == 0 {
		return nil, 0, nothingHeld()
	}
	return sum, rows, nil
}

// path fits at every C and returns how many rows of valid each gets right;
// where says what train is.
func (c chooser) path(ctx context.Context, where string, train FitSplit, valid SelectSplit) ([]int, error) {
	if err := checkClasses(where, train.fit.Y, c.classes); err != nil {
		return nil, err
	}
	fits, err := c.kind.Fit(ctx, train.fit.X, train.fit.Y, len(c.classes), c.svm)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	correct := make([]int, len(fits))
	for i, f := range fits {
		predicted, err := f.Model.Predict(ctx, valid.selection.X, c.svm.Threads)
		if err != nil {
			return nil, fmt.Errorf("rows to choose on: %w", err)
		}
		_, correct[i] = Accuracy(predicted, valid.selection.Y)
	}
	return correct, nil
}
