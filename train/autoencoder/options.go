package autoencoder

import (
	"cmp"
	"fmt"
	"math"

	"repbench/internal/progress"
	"repbench/train"
)

// Options are the settings of a training. Zero values mean the defaults.
type Options struct {
	// Hidden is the number of code units; 0 means 128.
	Hidden int
	// Dropout is the probability, in [0, 1), that an input value is dropped; nil means 0.2.
	// It is rounded to 1/65536.
	Dropout *float64
	// Batch is the number of images per step; 0 means 128.
	Batch int
	// Steps is the total number of updates, of one batch each; 0 means 4000.
	Steps int64
	// Seed decides the initial weights, the order of the images and the dropped values; nil means
	// 1.
	Seed *uint64
	// LearningRate is Adam's step size; 0 means 0.001. Beta1 is 0.9, Beta2 0.999.
	LearningRate float64
	// LogEvery and CheckpointEvery count steps; 0 means 50 and 500. The last step is logged and
	// saved in any case.
	LogEvery, CheckpointEvery int64
	// Keep is the number of checkpoints kept; 0 means 2.
	Keep int
	// TensorBoard writes a TensorBoard event file beside metrics.jsonl, see runfolder.Folder.TensorBoard.
	TensorBoard bool
	// Record holds further entries of config.json, such as versions; they may change when a run
	// is resumed.
	Record map[string]any
	// Progress receives the progress of the run.
	Progress progress.Reporter
}

func (o Options) withDefaults() Options {
	o.Hidden = cmp.Or(o.Hidden, DefaultHidden)
	o.Dropout = cmp.Or(o.Dropout, new(DefaultDropout))
	o.Batch = cmp.Or(o.Batch, DefaultBatch)
	o.Steps = cmp.Or(o.Steps, DefaultSteps)
	o.Seed = cmp.Or(o.Seed, new(uint64(1)))
	o.LearningRate = cmp.Or(o.LearningRate, DefaultLearningRate)
	o.LogEvery = cmp.Or(o.LogEvery, DefaultLogEvery)
	o.CheckpointEvery = cmp.Or(o.CheckpointEvery, DefaultCheckpointEvery)
	o.Keep = cmp.Or(o.Keep, DefaultKeep)
	return o
}

// Defaults of Options.
const (
	DefaultHidden                 = 128 // as in the paper
	DefaultDropout                = 0.2
	DefaultBatch                  = 128
	DefaultSteps                  = 4000
	DefaultLearningRate           = 1e-3
	DefaultLogEvery         int64 = 50
	DefaultCheckpointEvery  int64 = 500
	DefaultKeep                   = 2
	beta1, beta2, adamFloor       = 0.9, 0.999, 1e-8 // Kingma and Ba's
)

// Limits on the size of a model.
const (
	maxHidden = 1 << 16
	maxImage  = 1 << 22 // values of an image
)

// validate checks options, with their defaults filled in, against the data; its errors wrap
// train.ErrOptions.
func (o Options) validate(d train.Data) error {
	im := d.Images
	var err error
	switch {
	case o.Hidden < 1 || o.Hidden > maxHidden:
		err = fmt.Errorf("%d hidden units are outside 1 … %d", o.Hidden, maxHidden)
	case !(*o.Dropout >= 0 && *o.Dropout < 1):
		err = fmt.Errorf("dropout %g must be from 0 to below 1", *o.Dropout)
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 1):
		err = fmt.Errorf("learning rate %g must be positive", o.LearningRate)
	case o.Batch < 1 || o.Steps < 1 || o.LogEvery < 1 || o.CheckpointEvery < 1 || o.Keep < 1:
		err = fmt.Errorf("batch, steps, log and checkpoint intervals and checkpoints kept must be positive")
	case im.Stride() < 1 || im.Stride() > maxImage:
		err = fmt.Errorf("data set %s has images of %d×%d×%d values; the limit is %d values per image", d.Name, im.H, im.W, im.C, maxImage)
	case im.N < o.Batch:
		err = fmt.Errorf("data set %s has %d training images, fewer than one batch of %d", d.Name, im.N, o.Batch)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", train.ErrOptions, err)
	}
	return nil
}

func (o Options) adam() train.Adam {
	return train.Adam{LearningRate: o.LearningRate, Beta1: beta1, Beta2: beta2, Epsilon: adamFloor}
}
