package eval

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"repbench/eval/linear"
	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/labels"
	"repbench/internal/measure"
	"repbench/internal/progress"
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
	// Seed draws the labels and the rows that are set aside, but for those of SVHN1000,
	// which are the same for every seed.
	Seed uint64
	// Classes and Layers are as in LinearOptions.
	Classes []string
	Layers  []Layer
	// Tolerance, MaxIterations, Threads and Progress are as in linear.Options.
	Tolerance     float64
	MaxIterations int
	Threads       int
	Progress      progress.Reporter
}

// defaultSelectDraws is the number of draws to choose C on where the protocol leaves it
// to the caller and the caller gives none.
const defaultSelectDraws = 10

func (o FewShotOptions) withDefaults() FewShotOptions {
	if p := o.Protocol.row(); p != nil {
		o.Protocol = p.name
		o.Labels, o.Draws = cmp.Or(o.Labels, p.labels), cmp.Or(o.Draws, p.draws)
		o.SelectDraws = cmp.Or(o.SelectDraws, p.selectDraws, defaultSelectDraws)
	}
	if len(o.C) == 0 {
		o.C = ReleasedC()
	}
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
	switch {
	case o.Labels < 1:
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

// nothingToChooseOn reports whether C is chosen on rows that are not set aside.
func (o FewShotOptions) nothingToChooseOn() bool {
	return *o.HoldOut == 0 && len(o.C) > 1 && !o.Valid.Given()
}

// divide returns the rows that labels are drawn from and those that C is chosen
// on, or would be were there several.
func (o FewShotOptions) divide() (FitSplit, SelectSplit, error) {
	pool, valid := o.Train, o.Valid
	if !valid.Given() && *o.HoldOut != 0 {
		if n := o.Protocol.row().setAside; n > 0 {
			if o.Train.fit.X.N <= n {
				return pool, valid, fmt.Errorf("train split of %d rows: %s sets %d aside: %w", o.Train.fit.X.N, o.Protocol, n, matrix.ErrShape)
			}
			pool, valid = o.Train.setAside(n)
		} else {
			pool, valid = o.Train.HoldOut(*o.HoldOut, o.Seed)
		}
	}
	if len(o.C) > 1 && valid.selection.X.N == 0 {
		return pool, valid, nothingHeld()
	}
	rows := labels.ByClass(pool.fit.Y)
	for k := range o.Classes {
		have := 0
		if k < len(rows) {
			have = len(rows[k])
		}
		if have < o.Labels {
			return pool, valid, o.tooFew(k, have)
		}
	}
	return pool, valid, nil
}

// tooFew says why a class has fewer rows than labels are to be drawn, and the ways
// out.
func (o FewShotOptions) tooFew(class, have int) error {
	all := countOf(o.Train.fit.Y, class)
	text := fmt.Sprintf("class %d (%s) has %s to draw %d labels from", class, o.Classes[class], rowCount(have), o.Labels)
	fewer := fmt.Sprintf("draw at most %d labels", have)
	if have == 0 {
		fewer = "add rows of it"
	}
	leave := fewer + " or leave the class out of all splits"
	switch {
	case all == have:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, all of the train split: %s", text, leave)
	case all < o.Labels || o.Protocol.row().setAside > 0:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out to choose C: %s", text, all, all-have, leave)
	case len(o.C) > 1:
		return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out to choose C: %s, hold out a smaller share, give a validation split, or give one C and hold out nothing (--hold-out 0)",
			text, all, all-have, fewer)
	}
	return errkind.Errorf(matrix.ErrClassAbsent, "%s, of %d in the train split; %d are held out, as they are to choose C: %s, or hold out nothing (--hold-out 0)",
		text, all, all-have, fewer)
}

func rowCount(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func countOf(y []int32, class int) int {
	n := 0
	for _, k := range y {
		if int(k) == class {
			n++
		}
	}
	return n
}

// selectedOn says on what C is chosen, for the result.
func (o FewShotOptions) selectedOn() measure.Selection {
	s := measure.Selection{On: measure.Valid, Of: "C", Draws: o.SelectDraws}
	if len(o.C) == 1 {
		s.On, s.Draws = measure.None, 0
	}
	switch {
	case len(o.C) == 1 && (*o.HoldOut == 0 || o.Valid.Given()):
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
		if o.Protocol.row().drawPerCost {
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
	if len(o.C) > 1 {
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
	s.CI95, s.Spread95 = m.ci95(), m.around(1.96*m.deviation)
}
