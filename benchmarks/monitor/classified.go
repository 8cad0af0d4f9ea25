package monitor

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/eval/nnc"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/mnistcond"
	"repbench/train/runfolder"
)

// NNC is the share of validation images whose nearest generated image has another class, which only
// mnist-cond's trainings measure.
const NNC Metric = "nnc"

// Classified measures NNC in a training of mnist-cond, on the validation images that were split off,
// and marks the model with the least of the largest number of generated images as the best one.
func Classified(d mnistcond.Data, o Options) (*mnistcond.Measure, error) {
	o = o.withDefaults()
	sizes := classifiedSizes(o.Images)
	switch {
	case o.Every < 1:
		return nil, fmt.Errorf("%w: measurements every %d steps; the interval must be at least 1", train.ErrOptions, o.Every)
	case o.Encoder != "":
		return nil, fmt.Errorf("%w: an encoder (%s) is given, and %s compares pixels: leave the encoder out", train.ErrOptions, o.Encoder, NNC)
	case len(sizes) == 0:
		return nil, fmt.Errorf("%w: %s is measured for %d generated images or more; %d are asked for", train.ErrOptions, NNC, runfolder.NNDSizes()[0], o.Images)
	}
	valid := nnc.Set{N: d.Valid.N, Pixels: d.Valid.Stride(), Bytes: d.Valid.Data, Labels: d.ValidLabels}
	m := &mnistcond.Measure{
		Every: o.Every, Best: runfolder.NNC(sizes[len(sizes)-1]),
		Settings: train.MeasureConfig{Metrics: []string{string(NNC)}, Images: o.Images, HeldOut: datasets.Valid},
		Note:     fmt.Sprintf("%s of %d validation images by the nearest of up to %d generated ones", NNC, valid.N, sizes[len(sizes)-1]),
	}
	for _, size := range sizes {
		m.Names = append(m.Names, runfolder.NNC(size))
	}
	m.At = func(ctx context.Context, g mnistcond.Generator) ([]runfolder.Value, error) {
		return classify(ctx, g, valid, sizes, o)
	}
	return m, nil
}

// classifiedSizes are the numbers of generated images of which there are points.
func classifiedSizes(images int) []int {
	var out []int
	for _, n := range runfolder.NNDSizes() {
		if n <= images {
			out = append(out, n)
		}
	}
	return out
}

// classify measures a generator.
func classify(ctx context.Context, g mnistcond.Generator, valid nnc.Set, sizes []int, o Options) ([]runfolder.Value, error) {
	n, err := nnc.New(valid, nnc.Options{Classes: mnistcond.Classes, MaxMemory: o.MaxMemory, Progress: progress.Or(o.Progress)})
	if err != nil {
		return nil, err
	}
	numbers := make([]int64, len(sizes))
	for i, s := range sizes {
		numbers[i] = int64(s)
	}
	points, err := nnc.Run(ctx, n, fromGenerator{g}, numbers, nnc.Progressed{})
	if err != nil {
		return nil, err
	}
	var out []runfolder.Value
	for i, p := range points {
		out = append(out, runfolder.Value{Name: runfolder.NNC(sizes[i]), Value: p.Error})
	}
	return out, nil
}

// fromGenerator is the source of the images of a generator in training.
type fromGenerator struct{ g mnistcond.Generator }

// Align implements nnc.Source.
func (fromGenerator) Align() int { return mnistcond.SampleBatch }

// Len implements nnc.Source.
func (fromGenerator) Len() int64 { return -1 }

// Each implements nnc.Source.
func (f fromGenerator) Each(ctx context.Context, from, to int64, give func(nnc.Set) error) error {
	whole := (int(to) + mnistcond.SampleBatch - 1) / mnistcond.SampleBatch * mnistcond.SampleBatch
	return f.g.Each(ctx, int(from), whole, func(s mnistcond.Samples) error {
		return give(nnc.Set{N: s.N, Pixels: mnistcond.Side * mnistcond.Side, Floats: s.Data, Labels: s.Labels})
	})
}
