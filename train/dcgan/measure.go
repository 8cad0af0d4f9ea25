package dcgan

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/train"
	"repbench/train/runfolder"
)

// Measure says what is measured of the generator while it is trained, see train.Measuring.
type Measure struct {
	// Every is the number of steps between two measurements.
	Every int64
	// Names are the names of the numbers that At returns.
	Names []string
	// At measures the generator as it is after a step.
	At func(ctx context.Context, g Generator) ([]runfolder.Value, error)
	// Settings are written to config.json, with Every; Note describes them in log.txt.
	Settings train.MeasureConfig
	Note     string
}

// Generator makes images with the weights that a training has reached.
type Generator struct{ t *trainer }

// MeasureBatch is the number of images that a Generator makes at once, as the released code does.
const MeasureBatch = 128

// Each makes n images, in batches of MeasureBatch and the rest, and hands them on batch by batch.
// Batch normalisation uses the statistics of each batch, as in the released code. Their z are the
// same at every step, and no update and no sample sheet uses them. A rest of one image, which
// has no statistics, is made with a second one.
func (g Generator) Each(ctx context.Context, n int, give func(Images) error) error {
	t, a := g.t, g.t.model.Arch
	for at, batch := 0, int64(0); at < n; at, batch = at+MeasureBatch, batch+1 {
		if err := ctx.Err(); err != nil {
			return err
		}
		size := min(n-at, MeasureBatch)
		drawn := max(size, 2)
		z := a.Prior.draw(drawn*a.ZDim, train.Random(*t.opt.Seed, streamMeasureZ, batch))
		im, err := t.model.images(t.sampler, tensors.FromFlatDataAndDimensions(z, drawn, a.ZDim))
		if errors.Is(err, errBroken) {
			return fmt.Errorf("%w: %w; a smaller learning rate, or another seed, may help", train.ErrDiverged, err)
		}
		if err != nil {
			return err
		}
		im.Data, im.N = im.Data[:size*im.H*im.W*im.C], size
		if err := give(im); err != nil {
			return err
		}
	}
	return nil
}

// measuring is the measurements as the loop takes them.
func (t *trainer) measuring(m *Measure) *train.Measuring {
	return &train.Measuring{Every: m.Every, Names: m.Names, Note: m.Note,
		At: func(ctx context.Context, _ int64) ([]runfolder.Value, error) { return m.At(ctx, Generator{t}) }}
}
