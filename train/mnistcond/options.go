package mnistcond

import (
	"cmp"
	"fmt"
	"math"

	"repbench/internal/progress"
	"repbench/train"
)

// Options are the settings of a training. Zero values mean the released recipe.
type Options struct {
	// Arch holds the widths; both have to be set.
	Arch Arch
	// Batch is the number of images per minibatch; 0 means 128. The last minibatch of an epoch has
	// the images that are left over.
	Batch int
	// Steps is the total number of minibatches, of which each trains one network, G first. Epochs is
	// the number of passes over the images instead, so that D sees every other minibatch. Exactly one
	// of the two is required.
	Steps  int64
	Epochs int
	// Seed decides the initial weights, the order of the images, and every z; nil means 1.
	Seed *uint64
	// LearningRate is Adam's step size of the first 100 epochs; in the 100 epochs after that it falls
	// by a hundredth of this each epoch. 0 means 2e-4.
	LearningRate float64
	// Beta1 and WeightDecay, both in [0, 1), are Adam's settings; nil means 0.5 and 2.5e-5.
	Beta1, WeightDecay *float64
	// LogEvery, SampleEvery and CheckpointEvery count steps; 0 means 50, 500 and 500. The last step
	// is logged, sampled and saved in any case.
	LogEvery, SampleEvery, CheckpointEvery int64
	// Keep is the number of checkpoints kept, beside the best one; 0 means 2.
	Keep int
	// TensorBoard writes a TensorBoard event file beside metrics.jsonl, see runfolder.Folder.TensorBoard.
	TensorBoard bool
	// Samples is the number of images on a sample sheet, a row for each class in turn; 0 means 100.
	Samples int
	// OnSamples receives the images of a sheet, always generated from the same z; nil means no sheets.
	OnSamples func(step int64, s Samples) error
	// Measure says what is measured of the generator in the course of the training; nil: nothing.
	Measure *Measure
	// Record holds further entries of config.json, such as versions.
	Record map[string]any
	// Progress receives the progress of the run.
	Progress progress.Reporter
}

// Defaults of Options, as in the released code.
const (
	DefaultBatch                 = 128
	DefaultLearningRate          = 2e-4
	DefaultBeta1                 = 0.5
	DefaultWeightDecay           = 2.5e-5
	DefaultLogEvery        int64 = 50
	DefaultSampleEvery     int64 = 500
	DefaultCheckpointEvery int64 = 500
	DefaultKeep                  = 2
	DefaultSamples               = 100
	beta2                        = 0.999

	decayFrom   int64 = 100 // epochs with the full learning rate
	decayEpochs int64 = 100 // epochs in which it falls
)

func (o Options) withDefaults() Options {
	o.Batch = cmp.Or(o.Batch, DefaultBatch)
	o.Seed = cmp.Or(o.Seed, new(uint64(1)))
	o.Keep = cmp.Or(o.Keep, DefaultKeep)
	o.Samples = cmp.Or(o.Samples, DefaultSamples)
	o.LogEvery = cmp.Or(o.LogEvery, DefaultLogEvery)
	o.SampleEvery = cmp.Or(o.SampleEvery, DefaultSampleEvery)
	o.CheckpointEvery = cmp.Or(o.CheckpointEvery, DefaultCheckpointEvery)
	o.LearningRate = cmp.Or(o.LearningRate, DefaultLearningRate)
	o.Beta1 = cmp.Or(o.Beta1, new(DefaultBeta1))
	o.WeightDecay = cmp.Or(o.WeightDecay, new(DefaultWeightDecay))
	return o
}

// resolve fills in the defaults, checks the options against the data, and converts epochs to steps.
func (o Options) resolve(d Data) (Options, error) {
	both := o.Steps > 0 && o.Epochs > 0
	o = o.withDefaults()
	err := o.validate(d)
	if err == nil && both {
		err = fmt.Errorf("%d steps and %d epochs: give one of them, not both", o.Steps, o.Epochs)
	}
	if err == nil {
		perEpoch := train.NewBatchesWithRest(d.Images.N, o.Batch, 0).PerEpoch()
		if o.Epochs > 0 {
			o.Steps = int64(o.Epochs) * perEpoch
		}
		if last := (decayFrom + decayEpochs) * perEpoch; o.Steps < 1 || o.Steps > last {
			err = fmt.Errorf("%d steps: the learning rate has fallen to 0 after %d epochs, which are %d steps of %d images; give 1 to %d steps",
				o.Steps, decayFrom+decayEpochs, last, o.Batch, last)
		}
	}
	if err != nil {
		return o, fmt.Errorf("%w: %w", train.ErrOptions, err)
	}
	return o, nil
}

// validate checks options, with their defaults filled in, against the data.
func (o Options) validate(d Data) error {
	if err := o.Arch.validate(); err != nil {
		return err
	}
	if err := CheckImages("data set "+d.Name, d.Images); err != nil {
		return err
	}
	if err := CheckLabels("data set "+d.Name, d.Labels, d.Images.N); err != nil {
		return err
	}
	switch {
	case o.Batch < 2:
		return fmt.Errorf("a batch of %d is too small for batch normalisation; use 2 or more", o.Batch)
	case o.LogEvery < 1 || o.SampleEvery < 1 || o.CheckpointEvery < 1 || o.Keep < 1 || o.Samples < 2:
		return fmt.Errorf("log, sample and checkpoint intervals and keep must be positive, and a sheet needs 2 samples")
	case !(o.LearningRate > 0) || math.IsInf(o.LearningRate, 1) || !share(*o.Beta1) || !share(*o.WeightDecay):
		return fmt.Errorf("learning rate %g, beta1 %g, weight decay %g: want a positive rate, beta1 and decay from 0 to below 1",
			o.LearningRate, *o.Beta1, *o.WeightDecay)
	case d.Images.N < o.Batch:
		return fmt.Errorf("data set %s has %d training images, fewer than one batch of %d", d.Name, d.Images.N, o.Batch)
	case o.Measure != nil && (o.Measure.Every < 1 || o.Measure.At == nil || len(o.Measure.Names) == 0):
		return fmt.Errorf("measurements need an interval of 1 step or more (it is %d), a function and names", o.Measure.Every)
	}
	return nil
}

// share reports whether v is in [0, 1).
func share(v float64) bool { return v >= 0 && v < 1 }

func (o Options) adam() train.Adam {
	return train.Adam{LearningRate: o.LearningRate, Beta1: *o.Beta1, Beta2: beta2, Epsilon: 1e-8, WeightDecay: *o.WeightDecay}
}

// rate is the learning rate of an epoch (0, 1, …): constant for 100 epochs, then less by a hundredth
// after each, from the 102nd on, as in the released code.
func rate(full float64, epoch int64) float64 {
	fallen := max(epoch-decayFrom, 0)
	return full * (1 - float64(fallen)/float64(decayEpochs))
}
