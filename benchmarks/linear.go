package benchmarks

import (
	"context"
	"fmt"
	"strings"

	"repbench/backends"
	"repbench/eval"
	"repbench/eval/linear"
	"repbench/reports/record"
)

// Linear evaluates features with a linear classifier: fitted on the training split,
// reported on the test split, with C chosen on the validation split, or inside the
// training split where there is none.
type Linear struct {
	// LinearOptions, of which the splits, Classes, Layers and Progress are set here. A
	// A Device without a Backend uses the Machine's backend, see Device.
	eval.LinearOptions
	// PerLayer evaluates each layer alone, too.
	PerLayer bool
	// Predictions is a NumPy file to write the predicted test labels to; "": none.
	Predictions string
}

// Device is where the products of fits are made on a machine with this backend: on a
// device that was named and is not the CPU. The zero value means the CPU.
func Device(backend string) linear.Device {
	switch backend {
	case "", backends.Auto, backends.CPU:
		return linear.Device{}
	}
	return linear.Device{Backend: backend}
}

// run implements Protocol.
func (o Linear) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if o.Device.Backend == "" {
		o.Device.Backend = Device(m.Backend).Backend
	}
	if err := o.Check(); err != nil {
		return nil, err
	}
	return onFeatures(ctx, c, m, o.Predictions, o.evaluate)
}

func (o Linear) evaluate(ctx context.Context, in *input) (_ []*record.Record, err error) {
	e := o.LinearOptions
	e.Train, e.Test, e.Classes, e.Progress = in.train, in.test, in.classes(), in.progress
	if (len(e.C) > 1 || e.SelectLayer) && e.SelectOn == eval.SelectValid {
		if e.Valid, err = in.selection(); err != nil {
			return nil, err
		}
	}
	if o.PerLayer || e.SelectLayer {
		e.Layers = in.layers()
	}
	shared, err := in.shared(ctx, e.Valid)
	if err != nil {
		return nil, err
	}
	result, err := eval.Linear(ctx, e)
	if err != nil {
		return nil, in.named(err)
	}
	result.Warnings = append(result.Warnings, shared...)
	if err := in.nameMistakes(result); err != nil {
		return nil, err
	}
	r := in.record(result, e.Seed)
	r.Costs = append(r.Costs, stageCosts(result.Stages)...)
	if err := in.identify(r, result.Protocol, idParts(result.Protocol, e.Classifier, costs(e.C), result.SelectedOn.String())...); err != nil {
		return nil, err
	}
	in.predicted, in.correct = result.Predicted, result.Correct
	return []*record.Record{r}, nil
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
