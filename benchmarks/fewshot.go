package benchmarks

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/linear"
	"repbench/features"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// FewShotOptions describe few-shot evaluations; see eval.FewShotOptions for the
// meaning and the defaults of each.
type FewShotOptions struct {
	Protocol eval.FewShotProtocol
	// Labels are the numbers of labels a class, one evaluation each; empty: that
	// of the protocol.
	Labels      []int
	Classifier  linear.Classifier
	Draws       int
	SelectDraws int
	C           []float64
	HoldOut     float64
	AllRows     bool
	Seed        uint64
	Tolerance   float64
	// PerLayer evaluates each layer alone beside all of them together.
	PerLayer bool
	// Overlap is as in LinearOptions.
	Overlap  *Overlap
	Progress progress.Reporter
}

// FewShot evaluates a folder of features on few labels a class and returns a
// record for each number of labels, in their order. C is chosen on the
// validation split, or on rows of the training split that no label is drawn
// from where there is none. With one C the labels are drawn from the same rows.
func FewShot(ctx context.Context, f *features.Folder, o FewShotOptions) ([]*record.Record, error) {
	train, test, err := splits(f)
	if err != nil {
		return nil, err
	}
	eo := o.eval(train, test)
	eo.Classes = f.Meta.Classes
	switch {
	case len(o.C) != 1:
		if eo.Valid, err = selection(f); err != nil {
			return nil, err
		}
	case f.Has(datasets.Valid): // not needed, so not read
		eo.AllRows = true
	}
	if o.PerLayer {
		eo.Layers = layers(f.Meta)
	}
	results, err := o.each(ctx, eo)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Dir, err)
	}
	var records []*record.Record
	for _, result := range results {
		result.Warnings = append(result.Warnings, o.statisticsWarning(f.Meta)...)
		r, err := o.record(f.Meta, result)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// statisticsWarning says where a protocol of the released code is given features whose
// batch-norm statistics are not the code's. Encoders without such statistics have no mode.
func (o FewShotOptions) statisticsWarning(m *features.Meta) []string {
	if !o.Protocol.ReleasedStatistics() || m.BatchNorm == "" || m.BatchNorm == features.Released {
		return nil
	}
	return []string{fmt.Sprintf("the batch-norm statistics of these features are of the mode %s; %s takes them from the training images without those it sets aside: extract with --batch-norm %s",
		m.BatchNorm, o.Protocol, features.Released)}
}

// FewShotArrays evaluates matrices from anywhere, see LinearArrays.
func FewShotArrays(ctx context.Context, train, test *features.Matrix, o FewShotOptions) ([]*eval.FewShotResult, error) {
	a, err := view(train)
	if err != nil {
		return nil, err
	}
	b, err := view(test)
	if err != nil {
		return nil, err
	}
	rs, err := o.each(ctx, o.eval(eval.ForFitting(a), eval.ForReport(b)))
	if err != nil {
		return nil, fmt.Errorf("%s, %s: %w", train.File, test.File, err)
	}
	return rs, nil
}

func (o FewShotOptions) eval(train eval.FitSplit, test eval.ReportSplit) eval.FewShotOptions {
	return eval.FewShotOptions{
		Protocol: o.Protocol, Classifier: o.Classifier, Train: train, Test: test, HoldOut: o.HoldOut, AllRows: o.AllRows, Draws: o.Draws,
		SelectDraws: o.SelectDraws, C: o.C, Seed: o.Seed, Tolerance: o.Tolerance, Progress: o.Progress,
	}
}

// each looks for rows that splits share and evaluates at each number of labels.
func (o FewShotOptions) each(ctx context.Context, eo eval.FewShotOptions) ([]*eval.FewShotResult, error) {
	labels := o.Labels
	if len(labels) == 0 {
		labels = []int{0}
	}
	shared, err := o.Overlap.warnings(ctx, eo.Train, eo.Valid, eo.Test, o.Progress)
	if err != nil {
		return nil, err
	}
	var results []*eval.FewShotResult
	for _, n := range labels {
		eo.Labels = n
		r, err := eval.FewShot(ctx, eo)
		if err != nil {
			return nil, err
		}
		r.Warnings = append(r.Warnings, shared...)
		results = append(results, r)
	}
	return results, nil
}

// record adds where the features came from to a result.
func (o FewShotOptions) record(m *features.Meta, result *eval.FewShotResult) (*record.Record, error) {
	r := newRecord(m, record.FewShot, o.Seed)
	r.FewShot = result
	r.Costs = append(r.Costs, stageCosts(result.Stages)...)
	var err error
	r.ID, err = record.NewID(r, idParts(result.Protocol, o.Classifier, fmt.Sprint(result.LabelsPerClass), fmt.Sprint(result.Draws),
		costs(o.C), result.SelectedOn)...)
	return &r, err
}
