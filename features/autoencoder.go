package features

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/internal/progress"
	"repbench/train/autoencoder"
)

// codes are the rectified hidden units of an autoencoder, without dropout.
type codes struct{ model *autoencoder.Model }

// openAutoencoder opens the autoencoder of a run folder.
func openAutoencoder(of opening) (*Encoder, error) {
	run, b, o := of.text, of.backend, of.options
	if run == "" {
		return nil, unknown(of.spec)
	}
	m, err := autoencoder.Load(run, b)
	if err != nil {
		return nil, err
	}
	m.BatchSize = o.BatchSize
	hash, err := m.Hash()
	if err != nil {
		m.Close()
		return nil, err
	}
	e := &Encoder{
		Spec: kindAutoencoder + ":" + run, WeightsHash: hash, Options: o,
		Origin:    fmt.Sprintf("denoising autoencoder trained on %s for %d steps", m.TrainedOn.Data, m.TrainedOn.Steps),
		Arch:      fmt.Sprintf("%s, %d-%d-%[2]d", autoencoder.Arch, m.H*m.W*m.C, m.Hidden),
		trainedOn: m.TrainedOn, net: codes{m},
	}
	if m.H == m.W {
		e.imageSize, e.channels = m.H, m.C
	}
	return e, nil
}

func (c codes) Layout(im datasets.Images) ([]matrix.Layer, error) {
	if err := c.model.Check(im); err != nil {
		return nil, err
	}
	return []matrix.Layer{{Name: "code", Columns: [2]int{0, c.model.Hidden}, Height: 1, Width: 1, Channels: c.model.Hidden}}, nil
}

func (codes) Prepare(context.Context, *datasets.Dataset, progress.Reporter, encoder.Kept) error {
	return nil
}

func (c codes) Encode(dst []float32, im datasets.Images) error { return c.model.Encode(dst, im) }

func (c codes) Close() { c.model.Close() }
