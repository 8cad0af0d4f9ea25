package knn

import (
	"fmt"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Options describe an evaluation. Train and Test are required; the rest has
// defaults.
type Options struct {
	// Train holds the neighbours, Test is reported on. No two splits may share
	// rows.
	Train eval.FitSplit
	Test  eval.ReportSplit
	// Valid is the split on which k is chosen when the rule has several; without it
	// rows of Train are held out for that, and the last search is among all of
	// Train.
	Valid eval.SelectSplit
	// Rule is the convention.
	Rule Rule
	// HoldOut is the share of each class that is held out; 0: 0.1.
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
	if o.HoldOut == 0 {
		o.HoldOut = 0.1
	}
	if o.Search.Progress == nil {
		o.Search.Progress = o.Progress
	}
	return o
}

// validate checks options with their defaults set.
func (o Options) validate() error {
	if err := o.Rule.validate(); err != nil {
		return err
	}
	if err := o.Search.Validate(); err != nil {
		return err
	}
	if err := eval.CheckHoldOut(o.HoldOut); err != nil {
		return err
	}
	if len(o.Classes) == 0 {
		return fmt.Errorf("knn: the list of classes is empty: %w", matrix.ErrShape)
	}
	return eval.CheckRoles(o.Train, o.Valid, o.Test, o.Classes)
}
