package mnistcond

import (
	"context"
	"errors"
	"fmt"

	"repbench/train"
	"repbench/train/runfolder"
)

// Measure says what is measured of the generator while it is trained, see train.Measuring.
type Measure struct {
	// Every is the number of steps between two measurements.
	Every int64
	// Names are the names of the numbers that At returns.
	Names []string
	// Best is the name of the number whose least value marks the best model, which is kept; "" keeps none.
	Best string
	// At measures the generator as it is after a step.
	At func(ctx context.Context, g Generator) ([]runfolder.Value, error)
	// Settings are written to config.json, with Every; Note describes them in log.txt.
	Settings train.MeasureConfig
	Note     string
}

// Generator makes labelled images with the weights that a training has reached.
type Generator struct{ t *trainer }

// Each makes the images [from, to) with labels drawn uniformly, as Sampler.Each. Their z and labels
// are the same at every step, and no update and no other samples use them.
func (g Generator) Each(ctx context.Context, from, to int, give func(Samples) error) error {
	err := g.t.sampler.Each(ctx, Draws{Seed: *g.t.opt.Seed, stream: streamMeasure}, from, to, give)
	if errors.Is(err, errBroken) {
		return fmt.Errorf("%w: %w; a smaller learning rate, or another seed, may help", train.ErrDiverged, err)
	}
	return err
}

// measuring is the measurements as the loop takes them.
func (t *trainer) measuring(m *Measure) *train.Measuring {
	return &train.Measuring{Every: m.Every, Names: m.Names, Note: m.Note, Best: m.Best,
		At: func(ctx context.Context, _ int64) ([]runfolder.Value, error) { return m.At(ctx, Generator{t}) }}
}
