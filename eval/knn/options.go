package knn

import (
	"cmp"
	"fmt"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Options describe an evaluation. Train and Test are required; the rest has
// defaults.
type Options struct {
	// Train holds the neighbours. No two splits may share
	// rows.
	Train eval.FitSplit
	// Test is reported on.
	Test eval.ReportSplit
	// Valid is the split on which k is chosen when the rule has several; without it
	// rows of Train are held out for that, and the last search is among all of
	// Train.
	Valid eval.SelectSplit
	// Rule is the convention.
	Rule Rule
	// HoldOut is the share of each class that is held out; 0: eval.DefaultHoldOut.
	HoldOut float64
	// Seed draws the rows that are held out.
	Seed uint64
	// Classes are the class names; nil: "0", "1", … up to the largest label of
	// Train.
	Classes []string
	// Search says how neighbours are searched, which does not change the result.
	Search neighbours.Options
	// Progress is told how far the searches are; nil: nobody is.
	Progress progress.Reporter
}

func (o Options) withDefaults() Options {
	o.Rule = o.Rule.withDefaults()
	o.HoldOut = cmp.Or(o.HoldOut, eval.DefaultHoldOut)
	if o.Search.Progress == nil {
		o.Search.Progress = o.Progress
	}
	return o
}

// Check says which option is out of range, whatever the splits are; nil: none. Classify
// does so first.
func (o Options) Check() error { return o.withDefaults().check() }

// check is Check for options with their defaults set.
func (o Options) check() error {
	if err := o.Rule.validate(); err != nil {
		return err
	}
	if err := o.Search.Validate(); err != nil {
		return err
	}
	return eval.CheckHoldOut(o.HoldOut)
}

// validate checks options, with their defaults set, and splits.
func (o Options) validate() error {
	if err := o.check(); err != nil {
		return err
	}
	if len(o.Classes) == 0 {
		return fmt.Errorf("the list of classes is empty: %w", matrix.ErrShape)
	}
	return eval.CheckRoles(o.Train, o.Valid, o.Test, o.Classes)
}
