package eval

import (
	"cmp"
	"fmt"
	"slices"

	"repbench/eval/linear"
	"repbench/internal/errkind"
	"repbench/internal/measure"
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
	return 0, fmt.Errorf("cannot select on %q: choose valid or cv (never the test split)", name)
}

// Layer is a named range of columns [Lo, Hi) of a feature matrix.
type Layer struct {
	Name   string // name of the layer
	Lo, Hi int
}

// LinearOptions describe a linear evaluation. Train and Test are required; the
// rest has defaults.
type LinearOptions struct {
	// Train is fitted on, Test reported on. They must not share rows.
	Train FitSplit
	Test  ReportSplit
	// Valid, when given, is the split on which C is chosen; without it rows of
	// Train are held out for that, and the last fit is on all of Train.
	Valid SelectSplit
	// Classifier is the kind of classifier; zero: SVM.
	Classifier linear.Classifier
	// C lists the costs to choose from, in any order; empty: DefaultC. With one
	// there is nothing to choose.
	C []float64
	// SelectOn says on what C is chosen.
	SelectOn Selection
	// HoldOut is the share of each class that is held out; 0: DefaultHoldOut.
	HoldOut float64
	// Folds is the number of folds of SelectCV; 0: DefaultFolds.
	Folds int
	// Seed draws the rows that are held out, the folds and the preconditioner.
	Seed uint64
	// Classes are the class names; nil: "0", "1", … up to the largest label of
	// Train.
	Classes []string
	// Layers are evaluated one by one beside all columns together.
	Layers []Layer
	// SelectLayer makes the result that of the range of columns, all of them or
	// one of Layers, with the highest validation accuracy.
	SelectLayer bool
	// Tolerance, MaxIterations, Threads, Device and Progress are as in linear.Options.
	Tolerance     float64
	MaxIterations int
	Threads       int
	Device        linear.Device
	Progress      progress.Reporter

	device *linear.OpenDevice // an open Device
}

func (o LinearOptions) withDefaults() LinearOptions {
	if len(o.C) == 0 {
		o.C = []float64{linear.DefaultC}
	}
	o.C = slices.Clone(o.C)
	slices.Sort(o.C)
	o.HoldOut, o.Folds = cmp.Or(o.HoldOut, DefaultHoldOut), cmp.Or(o.Folds, DefaultFolds)
	return o
}

// DefaultFolds is the number of folds of options that give none.
const DefaultFolds = 5

// Check says which option is out of range, whatever the splits are, with an error that
// is ErrOptions; nil: none. Linear does so first.
func (o LinearOptions) Check() error { return o.withDefaults().check() }

// check is Check for options with their defaults set.
func (o LinearOptions) check() error {
	switch {
	case o.SelectOn != SelectValid && o.SelectOn != SelectCV:
		return errkind.Errorf(ErrOptions, "selection %d: choose %s or %s", o.SelectOn, SelectValid, SelectCV)
	case o.Folds < 2:
		return errkind.Errorf(ErrOptions, "%d folds: cross-validation needs at least 2", o.Folds)
	}
	if err := CheckHoldOut(o.HoldOut); err != nil {
		return err
	}
	return asOptions(o.svm(o.C).WithDefaults().Validate())
}

// validate checks options, with their defaults set, and splits.
func (o LinearOptions) validate() error {
	if err := o.check(); err != nil {
		return err
	}
	switch {
	case o.SelectOn == SelectCV && o.Valid.Given():
		return fmt.Errorf("cross-validation and a validation split: choose one of them")
	case o.SelectLayer && len(o.Layers) == 0:
		return fmt.Errorf("the best layer is asked for without layers to choose from")
	}
	if err := checkLayers(o.Layers, o.Train.fit.X.D); err != nil {
		return err
	}
	return CheckRoles(o.Train, o.Valid, o.Test, o.Classes)
}

func checkLayers(layers []Layer, d int) error {
	for _, l := range layers {
		if l.Lo < 0 || l.Hi <= l.Lo || l.Hi > d {
			return fmt.Errorf("layer %s: columns [%d, %d) of %d", l.Name, l.Lo, l.Hi, d)
		}
	}
	return nil
}

// chooses reports whether there is something to choose.
func (o LinearOptions) chooses() bool { return len(o.C) > 1 || o.SelectLayer }

// svm returns the options of a fit at the costs c.
func (o LinearOptions) svm(c []float64) linear.Options {
	return linear.Options{C: c, Tolerance: o.Tolerance, MaxIterations: o.MaxIterations, Threads: o.Threads, Seed: o.Seed, Device: o.Device, Progress: o.Progress, Opened: o.device}
}

// selectedOn says on what C and the layer are chosen, for the result.
func (o LinearOptions) selectedOn() measure.Selection {
	s := measure.Selection{On: measure.Valid, Of: "C"}
	if o.SelectLayer {
		s.Of = "layer and C"
	}
	switch {
	case !o.chooses():
		s.On = measure.None
	case o.SelectOn == SelectCV:
		s.On, s.Folds, s.Seed = measure.CrossValidation, o.Folds, o.Seed
	case o.Valid.Given():
		s.Rows = o.Valid.selection.X.N
	default:
		s.Share, s.Seed = o.HoldOut, o.Seed
	}
	return s
}
