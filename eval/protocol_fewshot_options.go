package eval

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"repbench/eval/linear"
	"repbench/internal/errkind"
	"repbench/internal/measure"
	"repbench/internal/progress"
	"repbench/internal/released"
)

// FewShotOptions describe a few-shot evaluation. Train and Test are required,
// and Labels in FewShotN; the rest has defaults.
type FewShotOptions struct {
	// Protocol gives the defaults; "": FewShotN. A value that contradicts it is an
	// error, but for Draws.
	Protocol FewShotProtocol
	// Labels are drawn from Train, Test is reported on. They must not share rows.
	Train FitSplit
	Test  ReportSplit
	// Valid, when given, is the split on which C is chosen; without it rows of
	// Train are set aside for that, and labels drawn from the others.
	Valid SelectSplit
	// HoldOut is the share of each class of Train that is set aside where there is
	// no Valid; nil: DefaultHoldOut. With one C it is set aside as well, so that the draws
	// of one seed are the same whatever C is chosen from. SVHN1000 sets aside 10,000 rows
	// of any class instead, the first in the released code's order. With 0 labels are
	// drawn from all of Train, which needs one C or Valid.
	HoldOut *float64
	// Labels is the number of labels per class; 0: 100 in SVHN1000, 400 in CIFAR400.
	Labels int
	// Draws is the number of fits that are reported; 0: 100 in SVHN1000, else 10.
	// At least 2.
	Draws int
	// SelectDraws is the number of draws for the choice of C; 0: 10. At least 2.
	SelectDraws int
	// Classifier is the kind of classifier; zero: SVM.
	Classifier linear.Classifier
	// C lists the costs to choose from, in any order; empty: ReleasedC. With one
	// there is nothing to choose.
	C []float64
	// Rows are the rows of every draw; zero: they are drawn. With them Labels, Draws and
	// SelectDraws are theirs. They are fitted on as they are, so that C, where there is
	// anything to choose, is chosen on Valid or on the rows that SVHN1000 sets aside.
	Rows FewShotRows
	// ReleasedDraws draws the rows of SVHN1000 as the released code does, whatever the
	// seed: the authors' own, if Train is that of SVHN.
	ReleasedDraws bool
	// Seed draws the labels and the rows that are set aside, but for those of SVHN1000,
	// which are the same for every seed.
	Seed uint64
	// Classes and Layers are as in LinearOptions.
	Classes []string
	Layers  []Layer
	// Tolerance is as in linear.Options; 0: ExactTolerance in SVHN1000 and with Rows, else
	// linear.DefaultTolerance.
	Tolerance float64
	// MaxIterations, Threads and Progress are as in linear.Options.
	MaxIterations int
	Threads       int
	Progress      progress.Reporter
	// Journal keeps finished draws, so that an evaluation that was stopped goes on; nil: nobody does.
	Journal Journal
}

// defaultSelectDraws is the number of draws to choose C on where the protocol leaves it
// to the caller and the caller gives none.
const defaultSelectDraws = 10

// ExactTolerance is the Tolerance at which the wrong rows of a draw are those of any other
// solver that has converged. The error of the weights goes with the root of the error of the
// objective: at 1e-6 one row in a few hundred thousand falls on the other side.
const ExactTolerance = 1e-12

func (o FewShotOptions) withDefaults() FewShotOptions {
	if o.Rows.Given() || o.Protocol == SVHN1000 {
		o.Tolerance = cmp.Or(o.Tolerance, ExactTolerance)
	}
	if o.Rows.Given() {
		o.Draws = cmp.Or(o.Draws, len(o.Rows.Report))
		if len(o.Rows.Select) > 0 {
			o.SelectDraws = cmp.Or(o.SelectDraws, len(o.Rows.Select[0]))
		}
		o.Rows.SelectName, o.Rows.ReportName = cmp.Or(o.Rows.SelectName, "select rows"), cmp.Or(o.Rows.ReportName, "report rows")
	}
	if p := o.Protocol.row(); p != nil {
		o.Protocol = p.name
		o.Labels, o.Draws = cmp.Or(o.Labels, p.labels), cmp.Or(o.Draws, p.draws)
		o.SelectDraws = cmp.Or(o.SelectDraws, p.selectDraws, defaultSelectDraws)
	}
	if len(o.C) == 0 {
		o.C = ReleasedC()
	}
	o.Rows = o.Rows.sorted(o.C)
	o.C = slices.Clone(o.C)
	slices.Sort(o.C)
	o.HoldOut = cmp.Or(o.HoldOut, new(DefaultHoldOut))
	o.Progress = progress.Or(o.Progress)
	return o
}

// Check says which option is out of range or contradicts the protocol, whatever the
// splits are, with an error that is ErrOptions; nil: none. FewShot does so first.
func (o FewShotOptions) Check() error { return o.withDefaults().check() }

// check is Check for options with their defaults set.
func (o FewShotOptions) check() error {
	if _, err := ParseFewShotProtocol(string(o.Protocol)); err != nil {
		return asOptions(err)
	}
	if err := o.checkRows(); err != nil {
		return err
	}
	switch {
	case o.Labels < 1 && !o.Rows.Given():
		return errkind.Errorf(ErrOptions, "%d labels per class: %s needs at least 1", o.Labels, o.Protocol)
	case o.Draws < 2:
		return errkind.Errorf(ErrOptions, "%d draws: the spread needs at least 2", o.Draws)
	case o.SelectDraws < 2:
		return errkind.Errorf(ErrOptions, "%d draws to choose C on: the spread needs at least 2", o.SelectDraws)
	}
	if *o.HoldOut != 0 {
		if err := CheckHoldOut(*o.HoldOut); err != nil {
			return err
		}
	}
	if err := o.Protocol.row().refuses(o); err != nil {
		return err
	}
	return asOptions(o.svm(o.C).WithDefaults().Validate())
}

// checkRows says what in the other options contradicts the draws that are given.
func (o FewShotOptions) checkRows() error {
	if !o.Rows.Given() {
		if o.ReleasedDraws && (o.Protocol != SVHN1000 || o.Draws != released.ReportDraws) {
			return errkind.Errorf(ErrOptions, "the released code draws %d times as %s does, not %d times as %s", released.ReportDraws, SVHN1000, o.Draws, o.Protocol)
		}
		return nil
	}
	if err := o.Rows.checkShape(len(o.C)); err != nil {
		return err
	}
	switch {
	case o.Labels != 0 && o.Labels != o.Protocol.row().labels:
		return errkind.Errorf(ErrOptions, "%d labels per class, and the rows of the draws are given: leave the number out", o.Labels)
	case o.ReleasedDraws:
		return errkind.Errorf(ErrOptions, "the rows of the draws are given, and the draws of the released code asked for: choose one")
	case o.Draws != len(o.Rows.Report):
		return errkind.Errorf(ErrOptions, "%d draws to report, and %s holds %d", o.Draws, o.Rows.ReportName, len(o.Rows.Report))
	}
	for _, draws := range o.Rows.Select {
		if len(draws) != o.SelectDraws {
			return errkind.Errorf(ErrOptions, "%d draws to choose C on, and %s holds %d", o.SelectDraws, o.Rows.SelectName, len(draws))
		}
	}
	return nil
}

// validate checks options, with their defaults set, and splits.
func (o FewShotOptions) validate() error {
	if err := o.check(); err != nil {
		return err
	}
	if o.nothingToChooseOn() {
		return errkind.Errorf(ErrHoldOut, "a hold-out of 0 leaves no rows to choose among %d C on: give one C, a validation split, or hold out a share such as %g", len(o.C), DefaultHoldOut)
	}
	if err := o.Protocol.row().refusesValid(o.Valid); err != nil {
		return err
	}
	if err := checkLayers(o.Layers, o.Train.fit.X.D); err != nil {
		return err
	}
	return CheckRoles(o.Train, o.Valid, o.Test, o.Classes)
}

// selectedOn says on what C is chosen, for the result.
func (o FewShotOptions) selectedOn() measure.Selection {
	s := measure.Selection{On: measure.Valid, Of: "C", Draws: o.SelectDraws}
	if len(o.C) == 1 {
		s.On, s.Draws = measure.None, 0
	}
	switch {
	case len(o.C) == 1 && (*o.HoldOut == 0 || o.Valid.Given() || o.Rows.Given()):
	case o.Valid.Given():
		s.Rows = o.Valid.selection.X.N
	case len(o.C) > 1 && o.Protocol.row().setAside > 0:
		s.Rows, s.From = o.Protocol.row().setAside, measure.ReleasedRows
	default:
		s.Share, s.Seed = *o.HoldOut, o.Seed
	}
	return s
}

// together returns the costs that are fitted on one draw, with the position of
// the first; some protocols draw anew for each cost.
func (o FewShotOptions) together() iter.Seq2[int, []float64] {
	return func(yield func(int, []float64) bool) {
		step := len(o.C)
		if o.Protocol.row().drawPerCost || o.Rows.Given() {
			step = 1
		}
		for lo := 0; lo < len(o.C); lo += step {
			if !yield(lo, o.C[lo:lo+step]) {
				return
			}
		}
	}
}

// fits is the number of calls of FitSVM.
func (o FewShotOptions) fits() int {
	n := o.Draws
	if o.choosing() {
		each := 0
		for range o.together() {
			each++
		}
		n += each * o.SelectDraws
	}
	return n * (1 + len(o.Layers))
}

// svm returns the options of a fit. The progress is that of the draws.
func (o FewShotOptions) svm(c []float64) linear.Options {
	return linear.Options{C: c, Tolerance: o.Tolerance, MaxIterations: o.MaxIterations, Threads: o.Threads, Seed: o.Seed}
}

// summarise fills in the statistics of the accuracies.
func (s *FewShotScore) summarise() {
	m := moments(s.Accuracies)
	s.Mean, s.StdDev, s.StdError = m.mean, m.deviation, m.deviation/math.Sqrt(float64(m.n))
	s.StdDevN = populationDeviation(s.Accuracies)
	s.CI95, s.Spread95 = m.ci95(), m.around(1.96*m.deviation)
}
