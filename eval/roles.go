package eval

import (
	"fmt"

	"repbench/features/matrix"
	"repbench/internal/labels"
)

// The role of a split is its type. A FitSplit and a SelectSplit can be looked at
// to choose something; a ReportSplit gives away its features, which a prediction
// needs, and otherwise only the Report on a finished prediction. None converts
// into another, so that to choose on the reported split does not compile.

// FitSplit is a split that models are fitted on. Of it alone rows can be set
// aside to choose on: HoldOut, Folds.
type FitSplit struct{ fit matrix.Labelled }

// SelectSplit is a split that hyperparameters, layers and k are chosen on. The
// zero value means that there is none.
type SelectSplit struct{ selection matrix.Labelled }

// ReportSplit is a split that results are reported on and nothing is chosen on.
type ReportSplit struct{ report matrix.Labelled }

// ForFitting gives a split the role of the one to fit on.
func ForFitting(s matrix.Labelled) FitSplit { return FitSplit{s} }

// ForSelection gives a split the role of the one to choose on.
func ForSelection(s matrix.Labelled) SelectSplit { return SelectSplit{s} }

// ForReport gives a split the role of the one to report on.
func ForReport(s matrix.Labelled) ReportSplit { return ReportSplit{s} }

// Labelled returns the rows to fit on.
func (s FitSplit) Labelled() matrix.Labelled { return s.fit }

// Labelled returns the rows to choose on.
func (s SelectSplit) Labelled() matrix.Labelled { return s.selection }

// Given reports whether there are rows to choose on.
func (s SelectSplit) Given() bool { return s.selection.X.N > 0 || s.selection.Y != nil }

// Features returns the rows to predict. Their labels stay in the split.
func (s ReportSplit) Features() matrix.View { return s.report.X }

// Cols returns the columns [lo, hi) of the split. It panics when the range lies
// outside, like a slice.
func (s FitSplit) Cols(lo, hi int) FitSplit { return FitSplit{s.fit.Cols(lo, hi)} }

// Cols returns the columns [lo, hi) of the split. It panics when the range lies
// outside, like a slice.
func (s SelectSplit) Cols(lo, hi int) SelectSplit { return SelectSplit{s.selection.Cols(lo, hi)} }

// Cols returns the columns [lo, hi) of the split. It panics when the range lies
// outside, like a slice.
func (s ReportSplit) Cols(lo, hi int) ReportSplit { return ReportSplit{s.report.Cols(lo, hi)} }

// HoldOut sets aside the share of the rows of each class, at least one and never
// all of them, chosen with the seed, to choose on: the only row of a class stays to
// fit on. No row is copied. Labels must be those that CheckRoles accepts.
func (s FitSplit) HoldOut(share float64, seed uint64) (FitSplit, SelectSplit) {
	rest, held := holdOut(s.fit.Y, share, seed)
	return s.divide(rest, held)
}

// Folds deals the rows of each class, shuffled with the seed, into n folds and
// returns for each fold the rows outside and inside. The only row of a class is
// outside each. No row is copied. Labels must be those that CheckRoles accepts.
func (s FitSplit) Folds(n int, seed uint64) []Fold {
	folds := make([]Fold, n)
	for i, held := range deal(s.fit.Y, n, seed) {
		folds[i].Fit, folds[i].Held = s.divide(without(len(s.fit.Y), held), held)
	}
	return folds
}

// LoneRows returns a warning where classes have a single row, which HoldOut and
// Folds leave in the fit: what is chosen, such as "C", is chosen on rows of the
// other classes. It is empty where no class has.
func (s FitSplit) LoneRows(classes []string, chosen string) []string {
	first, n := 0, 0
	for k, rows := range labels.ByClass(s.fit.Y) {
		if len(rows) == 1 {
			if n == 0 {
				first = k
			}
			n++
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return []string{fmt.Sprintf("class %d (%s) has one row, which stays in the fit: %s is chosen on rows of the other classes", first, classes[first], chosen)}
	}
	return []string{fmt.Sprintf("%d classes have one row each, the first is %d (%s), which stay in the fit: %s is chosen on rows of the other classes", n, first, classes[first], chosen)}
}

// Fold is one division of cross-validation.
type Fold struct {
	Fit  FitSplit
	Held SelectSplit
}

func (s FitSplit) divide(rest, held []int32) (FitSplit, SelectSplit) {
	return FitSplit{s.fit.Subset(rest)}, SelectSplit{s.fit.Subset(held)}
}

// Report is what a prediction of a ReportSplit was worth.
type Report struct {
	// Accuracy is the share of Correct among Rows, CI95 its Wilson interval.
	Accuracy      float64
	Correct, Rows int
	CI95          Interval
	// Right says of each row whether its class was found.
	Right []bool
	// Confusion counts rows by true and columns by predicted class.
	Confusion [][]int
}

// Report compares the predicted classes of the rows, in their order, with the
// true ones, of which there are so many.
func (s ReportSplit) Report(predicted []int32, classes int) (Report, error) {
	confusion, err := Confusion(predicted, s.report.Y, classes)
	if err != nil {
		return Report{}, err
	}
	r := Report{Rows: len(predicted), Confusion: confusion}
	r.Accuracy, r.Correct = Accuracy(predicted, s.report.Y)
	r.CI95 = Wilson(r.Correct, r.Rows)
	r.Right = make([]bool, len(predicted))
	for i, p := range predicted {
		r.Right[i] = p == s.report.Y[i]
	}
	return r, nil
}

// CheckRoles checks the sizes and labels of the splits, that the splits share
// no row of one storage, and that each class has a row to fit on. selection may
// be the zero value. The types cannot see that one Labelled was given two roles;
// this does. Equal rows at different places are not seen.
func CheckRoles(fit FitSplit, selection SelectSplit, report ReportSplit, classes []string) error {
	splits := []namedSplit{{"train", fit.fit}, {"test", report.report}}
	if selection.Given() {
		splits = append(splits, namedSplit{"valid", selection.selection})
	}
	if err := checkSplits(splits, len(classes)); err != nil {
		return err
	}
	return checkClasses("the train split", fit.fit.Y, classes)
}
