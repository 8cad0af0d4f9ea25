package eval

import (
	"context"
	"fmt"
	"time"
)

// Linear evaluates features by a linear SVM: C is chosen as the options say, the
// SVM fitted on all training rows at that C, and the accuracy reported on the
// test split. The code that chooses C never sees the test split.
func Linear(ctx context.Context, o LinearOptions) (*LinearResult, error) {
	o = o.withDefaults()
	if err := o.validate(); err != nil {
		return nil, err
	}
	r := &LinearResult{
		Protocol: "linear", SelectedOn: o.selectedOn(), ReportedOn: "test", Classes: o.Classes,
		NTrain: o.Train.X.N, NTest: o.Test.X.N, Seed: o.Seed, Warnings: []string{},
	}
	all := Layer{Name: "all layers", Hi: o.Train.X.D}
	score, fit, err := o.evaluate(ctx, all, &r.Warnings)
	if err != nil {
		return nil, err
	}
	r.LinearScore, r.Model = score.LinearScore, fit.model
	r.Predicted = fit.predicted
	if r.Confusion, err = Confusion(r.Predicted, o.Test.Y, len(o.Classes)); err != nil {
		return nil, err
	}
	for _, l := range o.Layers {
		score, _, err := o.evaluate(ctx, l, &r.Warnings)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Name, err)
		}
		r.Layers = append(r.Layers, score)
	}
	r.PeakRSSBytes = peakRSS()
	return r, nil
}

// fitted is the last fit of an evaluation and its predictions.
type fitted struct {
	model     *LinearModel
	predicted []int32
}

// evaluate chooses C for the columns of a layer, fits and scores them.
func (o LinearOptions) evaluate(ctx context.Context, l Layer, warnings *[]string) (LayerScore, fitted, error) {
	score := LayerScore{Name: l.Name, Columns: [2]int{l.Lo, l.Hi}}
	score.C, score.Dim = o.C[0], l.Hi-l.Lo
	if len(o.C) > 1 {
		start := time.Now()
		var err error
		if score.C, score.Grid, err = o.chooser(l).choose(ctx); err != nil {
			return score, fitted{}, err
		}
		score.SelectSeconds = time.Since(start).Seconds()
		if score.C == o.C[0] || score.C == o.C[len(o.C)-1] {
			*warnings = append(*warnings, fmt.Sprintf("%s: the chosen C = %g is at the end of the list; a better one may lie beyond", l.Name, score.C))
		}
	}
	train, test := columns(o.Train, l), columns(o.Test, l)
	fits, err := FitSVM(ctx, train.X, train.Y, len(o.Classes), o.svm([]float64{score.C}))
	if err != nil {
		return score, fitted{}, err
	}
	fit := fits[0]
	for _, w := range fit.Warnings {
		*warnings = append(*warnings, fmt.Sprintf("%s: %v", l.Name, w))
	}
	score.Objective, score.ObjectivePerClass, score.DualityGap = fit.Objective, fit.ObjectivePerClass, fit.DualityGap
	score.Iterations, score.Converged, score.FitSeconds = fit.Iterations, fit.Converged, fit.Seconds
	predicted, err := fit.Model.Predict(ctx, train.X, o.Threads)
	if err != nil {
		return score, fitted{}, err
	}
	score.TrainAccuracy, _ = Accuracy(predicted, train.Y)
	if predicted, err = fit.Model.Predict(ctx, test.X, o.Threads); err != nil {
		return score, fitted{}, fmt.Errorf("test split: %w", err)
	}
	var correct int
	score.TestAccuracy, correct = Accuracy(predicted, test.Y)
	score.TestCI95 = Wilson(correct, len(test.Y))
	return score, fitted{fit.Model, predicted}, nil
}
