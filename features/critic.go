package features

import (
	"context"
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
)

// Critic gives what a DCGAN's discriminator says to images: its logits, large where it takes an
// image for real. Batch normalisation uses the statistics of the mode Fixed, gathered on the
// training images, so that a logit does not depend on the other images of its batch.
type Critic struct {
	net *discriminator
}

// NewCritic compiles the discriminator of a model, see OpenModel.
func NewCritic(m *dcgan.Model, b *backends.Backend) (*Critic, error) {
	d := &discriminator{model: m, backend: b, opt: Options{}.withDefaults()}
	var err error
	d.exec, err = m.Compile(b, d.buildLogits)
	return &Critic{d}, err
}

// Prepare gathers the statistics on the training split of ds. dir is a folder in which they are
// kept, as for the features of the same discriminator; "": they are gathered anew.
func (c *Critic) Prepare(ctx context.Context, ds *datasets.Dataset, dir string, p progress.Reporter) error {
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return err
	}
	if err := c.net.model.Arch.CheckImages(ds.Name, split.Images); err != nil {
		return err
	}
	return c.net.Prepare(ctx, ds, p, encoder.Kept{Dir: dir})
}

// Logits returns one logit for each image, after Prepare. what names the images in the progress
// and in errors.
func (c *Critic) Logits(ctx context.Context, images datasets.Images, what string, p progress.Reporter) ([]float64, error) {
	if err := c.net.model.Arch.CheckImages(what, images); err != nil {
		return nil, err
	}
	if c.net.stats == nil {
		return nil, fmt.Errorf("logits of %s: Prepare gathers the statistics first", what)
	}
	batch := c.net.opt.BatchSize
	part, out := make([]float32, batch), make([]float64, 0, images.N)
	task := progress.Or(p).Start("logits of "+what, int64(images.N), "images")
	defer task.Done()
	for lo := 0; lo < images.N; lo += batch {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted at image %d of %s: %w", lo, what, context.Cause(ctx))
		}
		hi := min(lo+batch, images.N)
		if err := c.net.Encode(part[:hi-lo], images.Slice(lo, hi)); err != nil {
			return nil, fmt.Errorf("%s, images %d to %d: %w", what, lo, hi-1, err)
		}
		if i := train.NotFinite(part[:hi-lo]); i >= 0 {
			return nil, fmt.Errorf("the discriminator gives image %d of %s the logit %g: its weights are broken (%s)", lo+i, what, part[i], c.net.model.Origin)
		}
		for _, v := range part[:hi-lo] {
			out = append(out, float64(v))
		}
		task.Add(int64(hi - lo))
	}
	return out, nil
}

// Close releases what the critic holds on the device.
func (c *Critic) Close() { c.net.Close() }
