package dcgan

import (
	"cmp"
	"fmt"
	"math"
	"reflect"

	"repbench/internal/progress"
	"repbench/train"
)

// Options are the settings of a training. Zero values mean the released recipe.
type Options struct {
	// Arch is the architecture; it has no default.
	Arch Arch
	// Batch is the number of images per minibatch; 0 means 128.
	Batch int
	// Steps is the total number of minibatches: each trains one network with the alternation
	// Released, and both networks with Both. Epochs is the number of passes over the images
	// instead, in whole batches (with Released, D receives every other batch). Exactly one of
	// Steps and Epochs is required.
	Steps  int64
	Epochs int
	// Seed decides the initial parameters, the order of the images, and every z; nil means 1.
	Seed *uint64
	// Alternate is which network an update trains; "" means Released.
	Alternate Alternation
	// LearningRate and Beta2 are Adam's settings, see train.Adam; 0 means the value of the
	// released code.
	LearningRate, Beta2 float64
	// Beta1, in [0, 1), and WeightDecay, in [0, 1), are Adam's settings for which 0 is
	// sensible; nil means the value of the released code.
	Beta1, WeightDecay *float64
	// LogEvery, SampleEvery and CheckpointEvery count steps; 0 means 50, 500 and 500. The last
	// step is logged, sampled and saved in any case.
	LogEvery, SampleEvery, CheckpointEvery int64
	// Keep is the number of checkpoints kept; 0 means 2.
	Keep int
	// TensorBoard writes a TensorBoard event file beside metrics.jsonl, see runfolder.Folder.TensorBoard.
	TensorBoard bool
	// Samples is the number of images on a sample sheet; 0 means 64.
	Samples int
	// OnSamples receives the images of a sheet, [Samples, H, W, C] float32 in [-1, 1], always
	// generated from the same z; nil means no sheets.
	OnSamples func(step int64, images Images) error
	// Measure says what is measured of the generator in the course of the training; nil: nothing.
	Measure *Measure
	// Record holds further entries of config.json, such as versions; they may change when a run
	// is resumed.
	Record map[string]any
	// Progress receives the progress of the run.
	Progress progress.Reporter
}

// Images is a batch of N float32 images of H×W pixels and C channels.
type Images struct {
	// Data is row-major N×H×W×C, in [-1, 1].
	Data       []float32
	N, H, W, C int // numbers of images, rows, columns and channels
}

// Defaults of Options, as in the released code.
const (
	DefaultBatch                 = 128
	DefaultLearningRate          = 2e-4
	DefaultBeta1                 = 0.5
	DefaultWeightDecay           = 1e-5
	DefaultLogEvery        int64 = 50
	DefaultSampleEvery     int64 = 500
	DefaultCheckpointEvery int64 = 500
	DefaultKeep                  = 2
	DefaultSamples               = 64
	defaultBeta2                 = 0.999
)

func (o Options) withDefaults() Options {
	o.Batch = cmp.Or(o.Batch, DefaultBatch)
	o.Seed = cmp.Or(o.Seed, new(uint64(1)))
	o.Alternate = cmp.Or(o.Alternate, Released)
	o.Keep = cmp.Or(o.Keep, DefaultKeep)
	o.Samples = cmp.Or(o.Samples, DefaultSamples)
	o.LogEvery = cmp.Or(o.LogEvery, DefaultLogEvery)
	o.SampleEvery = cmp.Or(o.SampleEvery, DefaultSampleEvery)
	o.CheckpointEvery = cmp.Or(o.CheckpointEvery, DefaultCheckpointEvery)
	o.LearningRate = cmp.Or(o.LearningRate, DefaultLearningRate)
	o.Beta1 = cmp.Or(o.Beta1, new(DefaultBeta1))
	o.Beta2 = cmp.Or(o.Beta2, defaultBeta2)
	o.WeightDecay = cmp.Or(o.WeightDecay, new(DefaultWeightDecay))
	return o
}

// resolve fills in the defaults, checks the options against the data, and converts epochs to
// steps.
func (o Options) resolve(d train.Data) (Options, error) {
	both := o.Steps > 0 && o.Epochs > 0
	o = o.withDefaults()
	if o.Epochs > 0 && !both && o.Batch > 0 {
		o.Steps = int64(o.Epochs) * int64(d.Images.N/o.Batch)
	}
	err := o.validate(d)
	if both {
		err = fmt.Errorf("%d steps and %d epochs: give one of them, not both", o.Steps, o.Epochs)
	}
	if err != nil {
		return o, fmt.Errorf("%w: %w", train.ErrOptions, err)
	}
	return o, nil
}

// validate checks options, with their defaults filled in, against the data.
func (o Options) validate(d train.Data) error {
	a, im := o.Arch, d.Images
	known, err := archOf(a.Name, a.Width, a.Channels)
	switch {
	case err != nil:
		return err
	case !reflect.DeepEqual(a, known):
		return fmt.Errorf("architecture %s differs from the one that NewArch and WithChannels make for its name, width and number of channels", a.Name)
	case o.Alternate != Released && o.Alternate != Both:
		return fmt.Errorf("alternation %q is neither %q nor %q", o.Alternate, Released, Both)
	case o.Batch < 2:
		return fmt.Errorf("a batch of %d is too small for batch normalisation; use 2 or more", o.Batch)
	case o.LogEvery < 1 || o.SampleEvery < 1 || o.CheckpointEvery < 1 || o.Keep < 1 || o.Samples < 1:
		return fmt.Errorf("log, sample and checkpoint intervals, keep and samples must be positive")
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 1) || !share(*o.Beta1) || !(o.Beta2 > 0 && o.Beta2 < 1) || !share(*o.WeightDecay):
		return fmt.Errorf("learning rate %g, beta1 %g, beta2 %g, weight decay %g: want a positive rate, betas and decay from 0 to below 1",
			o.LearningRate, *o.Beta1, o.Beta2, *o.WeightDecay)
	case a.CheckImages("data set "+d.Name, im) != nil:
		return a.CheckImages("data set "+d.Name, im)
	case im.N < o.Batch:
		return fmt.Errorf("data set %s has %d training images, fewer than one batch of %d", d.Name, im.N, o.Batch)
	case o.Measure != nil && (o.Measure.Every < 1 || o.Measure.At == nil || len(o.Measure.Names) == 0):
		return fmt.Errorf("measurements need an interval of 1 step or more (it is %d), a function and names", o.Measure.Every)
	case o.Steps < 1:
		return fmt.Errorf("%d steps and %d epochs asked for; there must be at least one step", o.Steps, o.Epochs)
	}
	return nil
}

// share reports whether v is in [0, 1).
func share(v float64) bool { return v >= 0 && v < 1 }

func (o Options) adam() train.Adam {
	return train.Adam{LearningRate: o.LearningRate, Beta1: *o.Beta1, Beta2: o.Beta2, Epsilon: 1e-8, WeightDecay: *o.WeightDecay}
}
