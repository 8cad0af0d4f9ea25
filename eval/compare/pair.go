package compare

import "repbench/eval"

// AccuracyResult is one accuracy with its intervals, which hold the variance of
// the test sample, not that of training.
type AccuracyResult struct {
	Accuracy  float64            `json:"accuracy"`
	Correct   int                `json:"correct"`
	N         int                `json:"n"`
	Wilson    eval.Interval      `json:"wilson_ci95"`
	Bootstrap BootstrapIntervals `json:"bootstrap_ci95"`
}

// Accuracy returns the accuracy of predictions with its intervals.
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
	A     AccuracyResult `json:"a"`
	B     AccuracyResult `json:"b"`
	Table Table          `json:"table"`
	// Difference is the accuracy of A minus that of B, a fraction.
	Difference float64 `json:"difference"`
	// Newcombe and Bootstrap are intervals of Difference over test samples: the
	// two models stay as they are.
	Newcombe  eval.Interval      `json:"newcombe_ci95"`
	Bootstrap BootstrapIntervals `json:"bootstrap_ci95"`
	McNemar   McNemar            `json:"mcnemar"`
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
