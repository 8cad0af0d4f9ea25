package benchmarks

import (
	"context"
	"fmt"

	"repbench/eval/knn"
	"repbench/reports/record"
)

// KNN evaluates features with a k-nearest-neighbour classifier: neighbours from the
// training split, reported on the test split, with k chosen on the validation split,
// or inside the training split where there is none.
type KNN struct {
	// Options, of which the splits, Classes and Progress are set here.
	knn.Options
	// Predictions is a NumPy file to write the predicted test labels to; "": none.
	Predictions string
}

// run implements Protocol.
func (o KNN) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	return onFeatures(ctx, c, m, o.Predictions, o.evaluate)
}

func (o KNN) evaluate(ctx context.Context, in *input) (_ []*record.Record, err error) {
	e := o.Options
	e.Train, e.Test, e.Classes, e.Progress = in.train, in.test, in.classes(), in.progress
	if len(e.Rule.K) > 1 {
		if e.Valid, err = in.selection(); err != nil {
			return nil, err
		}
	}
	shared, err := in.shared(ctx, e.Valid)
	if err != nil {
		return nil, err
	}
	result, err := knn.Classify(ctx, e)
	if err != nil {
		return nil, in.named(err)
	}
	result.Warnings = append(result.Warnings, shared...)
	r := in.record(result, e.Seed)
	r.Costs = append(r.Costs, record.Cost{Stage: "report", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes})
	if err := in.identify(r, result.Kind(), result.Convention, fmt.Sprint(e.Rule.K), result.SelectedOn.String()); err != nil {
		return nil, err
	}
	in.predicted, in.correct = result.Predicted, result.Correct
	return []*record.Record{r}, nil
}
