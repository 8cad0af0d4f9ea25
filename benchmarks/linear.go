package benchmarks

import (
	"context"
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/eval"
	"repbench/eval/linear"
	"repbench/features"
	"repbench/features/matrix"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// LinearOptions describe a linear evaluation; see eval.LinearOptions for the
// meaning and the defaults of each.
type LinearOptions struct {
	C          []float64
	Classifier linear.Classifier
	SelectOn   eval.Selection
	HoldOut    float64
	Folds      int
	Seed       uint64
	Tolerance  float64
	// PerLayer evaluates each layer alone beside all of them together.
	PerLayer bool
	// SelectLayer makes the result that of the best layer, or of all of them, by
	// validation accuracy.
	SelectLayer bool
	// TestImages, when not nil, are the images of the test split, for pictures of
	// the mistakes.
	TestImages *datasets.Images
	// Overlap is what CompareImages found of the images behind the features; nil: the
	// rows of the features are compared.
	Overlap *Overlap
	// Device makes the products of the fits.
	Device   linear.Device
	Progress progress.Reporter
}

// Linear evaluates a folder of features with a linear SVM: fitted on its
// training split, reported on its test split, with C chosen on the validation
// split, or inside the training split where there is none.
func Linear(ctx context.Context, f *features.Folder, o LinearOptions) (*record.Record, error) {
	train, test, err := splits(f)
	if err != nil {
		return nil, err
	}
	eo := o.eval(train, test)
	eo.Classes = f.Meta.Classes
	if (len(o.C) > 1 || o.SelectLayer) && o.SelectOn == eval.SelectValid {
		if eo.Valid, err = selection(f); err != nil {
			return nil, err
		}
	}
	if o.PerLayer || o.SelectLayer {
		eo.Layers = layers(f.Meta)
	}
	result, err := o.evaluate(ctx, eo)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Dir, err)
	}
	if err := nameMistakes(f.Dir, o.TestImages, result); err != nil {
		return nil, err
	}
	return o.record(f.Meta, result)
}

// LinearArrays evaluates matrices from anywhere; there are no layers and no
// provenance, so the result stands alone.
func LinearArrays(ctx context.Context, train, test *features.Matrix, o LinearOptions) (*eval.LinearResult, error) {
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

// evaluate looks for rows that splits share before it fits.
func (o LinearOptions) evaluate(ctx context.Context, eo eval.LinearOptions) (*eval.LinearResult, error) {
	shared, err := o.Overlap.warnings(ctx, eo.Train, eo.Valid, eo.Test, o.Progress)
	if err != nil {
		return nil, err
	}
	r, err := eval.Linear(ctx, eo)
	if err == nil {
		r.Warnings = append(r.Warnings, shared...)
	}
	return r, err
}

func (o LinearOptions) eval(train eval.FitSplit, test eval.ReportSplit) eval.LinearOptions {
	return eval.LinearOptions{
		Train: train, Test: test, Classifier: o.Classifier, C: o.C, SelectOn: o.SelectOn, HoldOut: o.HoldOut,
		Folds: o.Folds, Seed: o.Seed, Tolerance: o.Tolerance, SelectLayer: o.SelectLayer, Device: o.Device, Progress: o.Progress,
	}
}

// splits returns the training and the test split of a folder.
func splits(f *features.Folder) (eval.FitSplit, eval.ReportSplit, error) {
	train, err := labelled(f, datasets.Train)
	if err != nil {
		return eval.FitSplit{}, eval.ReportSplit{}, err
	}
	test, err := labelled(f, datasets.Test)
	return eval.ForFitting(train), eval.ForReport(test), err
}

// selection returns the validation split of a folder, none where there is none.
func selection(f *features.Folder) (eval.SelectSplit, error) {
	if !f.Has(datasets.Valid) {
		return eval.SelectSplit{}, nil
	}
	valid, err := labelled(f, datasets.Valid)
	return eval.ForSelection(valid), err
}

// layers returns the layers of features, none where there is but one.
func layers(m *features.Meta) []eval.Layer {
	if len(m.Layers) < 2 {
		return nil
	}
	var out []eval.Layer
	for _, l := range m.Layers {
		out = append(out, eval.Layer{Name: l.Name, Lo: l.Columns[0], Hi: l.Columns[1]})
	}
	return out
}

func labelled(f *features.Folder, split string) (matrix.Labelled, error) {
	m, err := f.Split(split)
	if err != nil {
		return matrix.Labelled{}, err
	}
	if m.Labels == nil {
		return matrix.Labelled{}, fmt.Errorf("%s: split %s has no labels", f.Dir, split)
	}
	return view(m)
}

// view looks at a matrix without copying it.
func view(m *features.Matrix) (matrix.Labelled, error) {
	x, err := matrix.View{}, error(nil)
	if m.Float16 != nil {
		x, err = matrix.NewHalf(m.Float16, m.N, m.D)
	} else {
		x, err = matrix.New(m.Float32, m.N, m.D)
	}
	if err != nil {
		return matrix.Labelled{}, fmt.Errorf("%s: %w", m.File, err)
	}
	x.Release = m.Release
	return matrix.Labelled{X: x, Y: m.Labels}, nil
}

// record adds where the features came from to a result.
func (o LinearOptions) record(m *features.Meta, result *eval.LinearResult) (*record.Record, error) {
	r := newRecord(m, record.Linear, o.Seed)
	r.Linear = result
	r.Costs = append(r.Costs, stageCosts(result.Stages)...)
	var err error
	r.ID, err = record.NewID(r, idParts(result.Protocol, o.Classifier, costs(o.C), result.SelectedOn)...)
	return &r, err
}

func costs(c []float64) string {
	text := make([]string, len(c))
	for i, v := range c {
		text[i] = fmt.Sprint(v)
	}
	return strings.Join(text, ",")
}

// idParts are what sets the records of one encoder and data set apart. The SVM
// was the only classifier once and is not named.
func idParts(protocol string, c linear.Classifier, rest ...string) []string {
	parts := append([]string{protocol}, rest...)
	if c != linear.SVM {
		parts = append(parts, c.String())
	}
	return parts
}
