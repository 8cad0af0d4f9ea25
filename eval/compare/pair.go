package compare

import "repbench/eval"

// AccuracyResult is one accuracy with its intervals. They include the variance of the test
// sample, but not the variance of training.
type AccuracyResult struct {
	Accuracy  float64            `json:"accuracy"`       // Correct/N
	Correct   int                `json:"correct"`        // number of correct predictions
	N         int                `json:"n"`              // number of test rows
	Wilson    eval.Interval      `json:"wilson_ci95"`    // Wilson's 95 % interval
	Bootstrap BootstrapIntervals `json:"bootstrap_ci95"` // bootstrap 95 % intervals
}

// Accuracy computes the accuracy of predictions with its intervals.
func Accuracy(predicted, truth []int32, b Bootstrap) (AccuracyResult, error) {
	if err := fits("the list", predicted, truth); err != nil {
		return AccuracyResult{}, err
	}
	share, correct := eval.Accuracy(predicted, truth)
	n := len(truth)
	boot, err := b.difference(Table{OnlyA: correct, Neither: n - correct})
	return AccuracyResult{share, correct, n, eval.Wilson(correct, n), boot}, err
}

// PairResult compares two classifiers on the same test rows.
type PairResult struct {
	A     AccuracyResult `json:"a"`     // accuracy of A
	B     AccuracyResult `json:"b"`     // accuracy of B
	Table Table          `json:"table"` // counts of the rows by who is right
	// Difference is the accuracy of A minus the accuracy of B, a fraction.
	Difference float64 `json:"difference"`
	// Newcombe and Bootstrap are intervals of Difference over test samples, for fixed models.
	Newcombe  eval.Interval      `json:"newcombe_ci95"`
	Bootstrap BootstrapIntervals `json:"bootstrap_ci95"`
	// McNemar is the test of equal accuracy.
	McNemar McNemar `json:"mcnemar"`
}

// Pair compares the predictions of A and B with the truth.
func Pair(a, b, truth []int32, boot Bootstrap) (PairResult, error) {
	if err := fits("A", a, truth); err != nil {
		return PairResult{}, err
	}
	if err := fits("B", b, truth); err != nil {
		return PairResult{}, err
	}
	var r PairResult
	var err error
	if r.A, err = Accuracy(a, truth, boot); err != nil {
		return PairResult{}, err
	}
	if r.B, err = Accuracy(b, truth, boot); err != nil {
		return PairResult{}, err
	}
	r.Table = tabulate(a, b, truth)
	r.Difference = r.Table.Difference()
	r.Newcombe = Newcombe(r.Table)
	r.McNemar = NewMcNemar(r.Table.OnlyA, r.Table.OnlyB)
	r.Bootstrap, err = boot.difference(r.Table)
	return r, err
}
