package eval

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"repbench/internal/progress"
)

// Selection says on what a hyperparameter is chosen. The test split is not
// among the choices.
type Selection int

// The ways to choose C when there are several.
const (
	// SelectValid uses the validation split, or rows held out of the training
	// split where there is none.
	SelectValid Selection = iota
	// SelectCV uses cross-validation on the training split.
	SelectCV
)

// String returns the name that ParseSelection takes.
func (s Selection) String() string {
	if s == SelectCV {
		return "cv"
	}
	return "valid"
}

// ParseSelection returns the Selection of a name, "valid" or "cv".
func ParseSelection(name string) (Selection, error) {
	for _, s := range []Selection{SelectValid, SelectCV} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("eval: cannot select on %q: choose valid or cv (never the test split)", name)
}

// Layer is a named range of columns [Lo, Hi) of a feature matrix.
type Layer struct {
	Name   string
	Lo, Hi int
}

// LinearOptions describe a linear evaluation. Train and Test are required; the
// rest has defaults.
type LinearOptions struct {
	// Train is fitted on, Test reported on. They must not share rows.
	Train, Test Labelled
	// Valid, when not nil, is the split on which C is chosen; without it rows of
	// Train are held out for that, and the last fit is on all of Train.
	Valid *Labelled
	// C lists the costs to choose from, in any order; empty: DefaultC. With one
	// there is nothing to choose.
	C []float64
	// SelectOn says on what C is chosen.
	SelectOn Selection
	// HoldOut is the share of each class that is held out; 0: 0.1.
	HoldOut float64
	// Folds is the number of folds of SelectCV; 0: 5.
	Folds int
	// Seed draws the rows that are held out, the folds and the preconditioner.
	Seed uint64
	// Classes are the class names; nil: "0", "1", … up to the largest label of
	// Train.
	Classes []string
	// Layers are evaluated one by one beside all columns together.
	Layers []Layer
	// Tolerance, MaxIterations, Threads and Progress are as in SVMOptions.
	Tolerance     float64
	MaxIterations int
	Threads       int
	Progress      progress.Reporter
}

func (o LinearOptions) withDefaults() LinearOptions {
	if len(o.C) == 0 {
		o.C = []float64{DefaultC}
	}
	o.C = slices.Clone(o.C)
	slices.Sort(o.C)
	if o.HoldOut == 0 {
		o.HoldOut = 0.1
	}
	if o.Folds == 0 {
		o.Folds = 5
	}
	if o.Classes == nil {
		for k := range len(byClass(o.Train.Y)) {
			o.Classes = append(o.Classes, strconv.Itoa(k))
		}
	}
	return o
}

func (o LinearOptions) validate() error {
	switch {
	case o.SelectOn != SelectValid && o.SelectOn != SelectCV:
		return fmt.Errorf("eval: SelectOn = %d: no such selection", o.SelectOn)
	case o.SelectOn == SelectCV && o.Valid != nil:
		return fmt.Errorf("eval: SelectOn = cv with a validation split: choose one of them")
	case !(o.HoldOut > 0 && o.HoldOut < 1) || math.IsNaN(o.HoldOut):
		return fmt.Errorf("eval: HoldOut = %v: must lie between 0 and 1", o.HoldOut)
	case o.Folds < 2:
		return fmt.Errorf("eval: Folds = %d: need at least 2", o.Folds)
	}
	if err := o.svm(o.C).withDefaults().validate(); err != nil {
		return err
	}
	for _, l := range o.Layers {
		if l.Lo < 0 || l.Hi <= l.Lo || l.Hi > o.Train.X.D {
			return fmt.Errorf("eval: layer %s: columns [%d, %d) of %d", l.Name, l.Lo, l.Hi, o.Train.X.D)
		}
	}
	return o.validateSplits()
}

// validateSplits checks sizes, labels and classes, and that no row serves two
// purposes.
func (o LinearOptions) validateSplits() error {
	type named struct {
		name string
		Labelled
	}
	splits := []named{{"train", o.Train}, {"test", o.Test}}
	if o.Valid != nil {
		splits = append(splits, named{"valid", *o.Valid})
	}
	for i, s := range splits {
		if err := s.check(s.name, len(o.Classes)); err != nil {
			return fmt.Errorf("eval: %w", err)
		}
		if s.X.D != o.Train.X.D {
			return fmt.Errorf("eval: %s split has %d features a row, train split %d: %w", s.name, s.X.D, o.Train.X.D, ErrShape)
		}
		for _, t := range splits[:i] {
			if err := disjoint(t.name, t.Labelled, s.name, s.Labelled); err != nil {
				return err
			}
		}
	}
	rows := byClass(o.Train.Y)
	for k, name := range o.Classes {
		if k >= len(rows) || len(rows[k]) == 0 {
			return fmt.Errorf("eval: class %d (%s) has no row in the train split: %w", k, name, ErrClassAbsent)
		}
	}
	return nil
}

// svm returns the options of a fit at the costs c.
func (o LinearOptions) svm(c []float64) SVMOptions {
	return SVMOptions{C: c, Tolerance: o.Tolerance, MaxIterations: o.MaxIterations, Threads: o.Threads, Seed: o.Seed, Progress: o.Progress}
}

// selectedOn says on what C is chosen, for the result.
func (o LinearOptions) selectedOn() string {
	switch {
	case len(o.C) == 1:
		return "none (fixed C)"
	case o.SelectOn == SelectCV:
		return fmt.Sprintf("cv (%d folds of train, seed %d)", o.Folds, o.Seed)
	case o.Valid != nil:
		return fmt.Sprintf("valid (%d rows)", o.Valid.X.N)
	}
	return fmt.Sprintf("valid (%g of each class of train, seed %d)", o.HoldOut, o.Seed)
}
