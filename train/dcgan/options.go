package dcgan

import (
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
	// Seed decides the initial parameters, the order of the images, and every z; 0 means 1.
	Seed uint64
	// Alternate is which network an update trains; "" means Released.
	Alternate Alternation
	// LearningRate, Beta1, Beta2 and WeightDecay are Adam's settings, see train.Adam. Zero
	// means the value of the released code. A negative Beta1 or WeightDecay means 0.
	LearningRate, Beta1, Beta2, WeightDecay float64
	// LogEvery, SampleEvery and CheckpointEvery count steps; 0 means 50, 500 and 500. The last
	// step is logged, sampled and saved in any case.
	LogEvery, SampleEvery, CheckpointEvery int64
	// Keep is the number of checkpoints kept; 0 means 2.
	Keep int
	// Samples is the number of images on a sample sheet; 0 means 64.
	Samples int
	// OnSamples receives the images of a sheet, [Samples, H, W, C] float32 in [-1, 1], always
	// generated from the same z; nil means no sheets.
	OnSamples func(step int64, images Images) error
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

func (o Options) withDefaults() Options {
	setInt := func(p *int64, v int64) {
		if *p == 0 {
			*p = v
		}
	}
	setFloat := func(p *float64, v float64) {
		if *p == 0 {
			*p = v
		}
	}
	if o.Batch == 0 {
		o.Batch = 128
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.Alternate == "" {
		o.Alternate = Released
	}
	if o.Keep == 0 {
		o.Keep = 2
	}
	if o.Samples == 0 {
		o.Samples = 64
	}
	setInt(&o.LogEvery, 50)
	setInt(&o.SampleEvery, 500)
	setInt(&o.CheckpointEvery, 500)
	setFloat(&o.LearningRate, 2e-4)
	setFloat(&o.Beta1, 0.5)
	setFloat(&o.Beta2, 0.999)
	setFloat(&o.WeightDecay, 1e-5)
	o.Beta1, o.WeightDecay = max(o.Beta1, 0), max(o.WeightDecay, 0)
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
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 1) || !(o.Beta1 < 1) || !(o.Beta2 > 0 && o.Beta2 < 1) || !(o.WeightDecay < 1):
		return fmt.Errorf("learning rate %g, beta1 %g, beta2 %g, weight decay %g: want a positive rate, betas and decay below 1",
			o.LearningRate, o.Beta1, o.Beta2, o.WeightDecay)
	case a.CheckImages("data set "+d.Name, im) != nil:
		return a.CheckImages("data set "+d.Name, im)
	case im.N < o.Batch:
		return fmt.Errorf("data set %s has %d training images, fewer than one batch of %d", d.Name, im.N, o.Batch)
	case o.Steps < 1:
		return fmt.Errorf("%d steps and %d epochs asked for; there must be at least one step", o.Steps, o.Epochs)
	}
	return nil
}

func (o Options) adam() train.Adam {
	return train.Adam{LearningRate: o.LearningRate, Beta1: o.Beta1, Beta2: o.Beta2, Epsilon: 1e-8, WeightDecay: o.WeightDecay}
}
