package benchmarks

import (
	"context"
	"fmt"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/neighbours"
	"repbench/features"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// KNNOptions describe a k-nearest-neighbour evaluation; see knn.Options for the
// meaning and the defaults of each.
type KNNOptions struct {
	Rule    knn.Rule
	HoldOut float64
	Seed    uint64
	Threads int
	// Overlap is as in LinearOptions.
	Overlap  *Overlap
	Progress progress.Reporter
}

// KNN evaluates a folder of features with a k-nearest-neighbour classifier:
// neighbours from its training split, reported on its test split, with k chosen
// on the validation split, or inside the training split where there is none.
func KNN(ctx context.Context, f *features.Folder, o KNNOptions) (*record.Record, error) {
	train, test, err := splits(f)
	if err != nil {
		return nil, err
	}
	ko := o.eval(train, test)
	ko.Classes = f.Meta.Classes
	if len(o.Rule.K) > 1 {
		if ko.Valid, err = selection(f); err != nil {
			return nil, err
		}
	}
	result, err := o.evaluate(ctx, ko)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Dir, err)
	}
	return o.record(f.Meta, result)
}

// KNNArrays evaluates matrices from anywhere, see LinearArrays.
func KNNArrays(ctx context.Context, train, test *features.Matrix, o KNNOptions) (*knn.Result, error) {
	a, err := view(train)
	if err != nil {
		return nil, err
	}
	b, err := view(test)
	if err != nil {
		return nil, err
	}
	r, err := o.evaluate(ctx, o.eval(eval.ForFitting(a), eval.ForReport(b)))
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", train.File, test.File, err)
	}
	return r, nil
}

// evaluate looks for rows that splits share before it searches.
func (o KNNOptions) evaluate(ctx context.Context, ko knn.Options) (*knn.Result, error) {
	shared, err := o.Overlap.warnings(ctx, ko.Train, ko.Valid, ko.Test, o.Progress)
	if err != nil {
		return nil, err
	}
	r, err := knn.Classify(ctx, ko)
	if err == nil {
		r.Warnings = append(r.Warnings, shared...)
	}
	return r, err
}

func (o KNNOptions) eval(train eval.FitSplit, test eval.ReportSplit) knn.Options {
	return knn.Options{
		Train: train, Test: test, Rule: o.Rule, HoldOut: o.HoldOut, Seed: o.Seed,
		Search: neighbours.Options{Threads: o.Threads}, Progress: o.Progress,
	}
}

// record adds where the features came from to a result.
func (o KNNOptions) record(m *features.Meta, result *knn.Result) (*record.Record, error) {
	r := newRecord(m, record.KNN, o.Seed)
	r.KNN = result
	r.Costs = append(r.Costs, record.Cost{Stage: "report", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes})
	var err error
	r.ID, err = record.NewID(r, result.Convention, fmt.Sprint(o.Rule.K), result.SelectedOn)
	return &r, err
}
