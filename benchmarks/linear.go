package benchmarks

import (
	"context"
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/eval"
	"repbench/features"
	"repbench/internal/progress"
	"repbench/internal/version"
	"repbench/reports"
)

// LinearOptions describe a linear evaluation; see eval.LinearOptions for the
// meaning and the defaults of each.
type LinearOptions struct {
	C         []float64
	SelectOn  eval.Selection
	HoldOut   float64
	Folds     int
	Seed      uint64
	Tolerance float64
	// PerLayer evaluates each layer alone beside all of them together.
	PerLayer bool
	Progress progress.Reporter
}

// Linear evaluates a folder of features with a linear SVM: fitted on its
// training split, reported on its test split, with C chosen on the validation
// split, or inside the training split where there is none.
func Linear(ctx context.Context, f *features.Folder, o LinearOptions) (*reports.Record, error) {
	train, err := labelled(f, datasets.Train)
	if err != nil {
		return nil, err
	}
	test, err := labelled(f, datasets.Test)
	if err != nil {
		return nil, err
	}
	eo := o.eval(train, test)
	eo.Classes = f.Meta.Classes
	if f.Has(datasets.Valid) && len(o.C) > 1 && o.SelectOn == eval.SelectValid {
		valid, err := labelled(f, datasets.Valid)
		if err != nil {
			return nil, err
		}
		eo.Valid = &valid
	}
	if o.PerLayer && len(f.Meta.Layers) > 1 {
		for _, l := range f.Meta.Layers {
			eo.Layers = append(eo.Layers, eval.Layer{Name: l.Name, Lo: l.Columns[0], Hi: l.Columns[1]})
		}
	}
	result, err := eval.Linear(ctx, eo)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Dir, err)
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
	return eval.Linear(ctx, o.eval(a, b))
}

func (o LinearOptions) eval(train, test eval.Labelled) eval.LinearOptions {
	return eval.LinearOptions{
		Train: train, Test: test, C: o.C, SelectOn: o.SelectOn, HoldOut: o.HoldOut,
		Folds: o.Folds, Seed: o.Seed, Tolerance: o.Tolerance, Progress: o.Progress,
	}
}

func labelled(f *features.Folder, split string) (eval.Labelled, error) {
	m, err := f.Split(split)
	if err != nil {
		return eval.Labelled{}, err
	}
	if m.Labels == nil {
		return eval.Labelled{}, fmt.Errorf("%s: split %s has no labels", f.Dir, split)
	}
	return view(m)
}

// view looks at a mapped matrix without copying it.
func view(m *features.Matrix) (eval.Labelled, error) {
	x, err := eval.Matrix{}, error(nil)
	if m.Float16 != nil {
		x, err = eval.NewHalfMatrix(m.Float16, m.N, m.D)
	} else {
		x, err = eval.NewMatrix(m.Float32, m.N, m.D)
	}
	if err != nil {
		return eval.Labelled{}, fmt.Errorf("%s: %w", m.File, err)
	}
	return eval.Labelled{X: x, Y: m.Labels}, nil
}

// record adds where the features came from to a result.
func (o LinearOptions) record(m *features.Meta, result *eval.LinearResult) (*reports.Record, error) {
	versions := version.All()
	r := &reports.Record{
		Kind: reports.Linear,
		Encoder: reports.Encoder{
			Spec: m.Encoder, Architecture: m.Arch, WeightsHash: m.WeightsHash, Layers: layerNames(m.Layers),
			Pooling: string(m.Pooling), Grid: m.Grid, BatchNorm: string(m.BatchNorm), DType: m.DType,
		},
		Data:     reports.Data{Name: m.Data, Source: m.DataSource, Hash: m.DataHash},
		Seed:     o.Seed,
		Backend:  m.Backend,
		Versions: reports.Versions{Repbench: versions["repbench"], Go: versions["go"], GitCommit: version.Commit()},
		Notes:    m.Notes,
		Linear:   result,
	}
	var err error
	r.ID, err = reports.NewID(*r, result.Protocol, costs(o.C), result.SelectedOn)
	return r, err
}

func layerNames(layers []features.Layer) []string {
	names := make([]string, len(layers))
	for i, l := range layers {
		names[i] = l.Name
	}
	return names
}

func costs(c []float64) string {
	text := make([]string, len(c))
	for i, v := range c {
		text[i] = fmt.Sprint(v)
	}
	return strings.Join(text, ",")
}
