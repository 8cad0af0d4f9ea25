package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"repbench/benchmarks"
	"repbench/benchmarks/monitor"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/autoencoder"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
)

// autoencoderArch is the name with which a suite asks for the autoencoder, which is a command of its own
// on the command line.
const autoencoderArch = "autoencoder"

// Training are the options of train, or of train autoencoder, whose arch is "autoencoder".
type Training struct {
	// Arch is the architecture, Data a data set of the suite, or a specification of another one.
	Arch string `toml:"arch" json:"arch"`
	Data string `toml:"data" json:"data"`
	// Width, Channels and Dense are sizes of the networks; Hidden, Dropout and Size are the
	// autoencoder's.
	Width    int      `toml:"width" json:"width,omitempty"`
	Channels int      `toml:"channels" json:"channels,omitempty"`
	Dense    int      `toml:"dense" json:"dense,omitempty"`
	Hidden   int      `toml:"hidden" json:"hidden,omitempty"`
	Dropout  *float64 `toml:"dropout" json:"dropout,omitempty"`
	Size     int      `toml:"size" json:"size,omitempty"`
	// Batch, Steps, Epochs and the following say how it is trained.
	Batch        int      `toml:"batch" json:"batch,omitempty"`
	Steps        int64    `toml:"steps" json:"steps,omitempty"`
	Epochs       int      `toml:"epochs" json:"epochs,omitempty"`
	Alternate    string   `toml:"alternate" json:"alternate,omitempty"`
	LearningRate float64  `toml:"learning-rate" json:"learning-rate,omitempty"`
	Beta1        *float64 `toml:"beta1" json:"beta1,omitempty"`
	WeightDecay  *float64 `toml:"weight-decay" json:"weight-decay,omitempty"`
	Keep         []string `toml:"keep" json:"keep,omitempty"`
	watching
}

// watching are the options that change nothing in the networks.
type watching struct {
	LogEvery        int64             `toml:"log-every" json:"log-every,omitempty"`
	SampleEvery     int64             `toml:"sample-every" json:"sample-every,omitempty"`
	CheckpointEvery int64             `toml:"checkpoint-every" json:"checkpoint-every,omitempty"`
	KeepCheckpoints int               `toml:"keep-checkpoints" json:"keep-checkpoints,omitempty"`
	Samples         int               `toml:"samples" json:"samples,omitempty"`
	Measure         oneOrMore[string] `toml:"measure" json:"measure,omitempty"`
	MeasureEvery    int64             `toml:"measure-every" json:"measure-every,omitempty"`
	MeasureImages   int               `toml:"measure-images" json:"measure-images,omitempty"`
	MeasureEncoder  string            `toml:"measure-encoder" json:"measure-encoder,omitempty"`
}

// deciding are the options on which the trained networks depend. The best checkpoint of mnist-cond is
// chosen by its measurements.
func (t Training) deciding() Training {
	w := watching{Samples: t.Samples}
	if t.Arch == mnistcond.Name {
		w = t.watching
		w.LogEvery, w.SampleEvery, w.CheckpointEvery, w.KeepCheckpoints = 0, 0, 0, 0
	}
	t.watching = w
	return t
}

// complete fills in the defaults that decide the result and says what is wrong with a value.
func (t *Training) complete() error {
	if t.Arch == "" || t.Data == "" {
		return errors.New("a training needs arch and data")
	}
	for name, v := range map[string]float64{
		"batch": float64(t.Batch), "steps": float64(t.Steps), "epochs": float64(t.Epochs), "learning-rate": t.LearningRate, "width": float64(t.Width),
		"dense": float64(t.Dense), "hidden": float64(t.Hidden), "log-every": float64(t.LogEvery), "sample-every": float64(t.SampleEvery),
		"checkpoint-every": float64(t.CheckpointEvery), "keep-checkpoints": float64(t.KeepCheckpoints), "samples": float64(t.Samples),
		"measure-every": float64(t.MeasureEvery), "measure-images": float64(t.MeasureImages), "size": float64(t.Size), "channels": float64(t.Channels),
	} {
		if v < 0 {
			return fmt.Errorf("%s must be positive", name)
		}
	}
	if len(t.Measure) == 0 && (t.MeasureEvery != 0 || t.MeasureImages != 0 || t.MeasureEncoder != "") {
		return errors.New("measure-every, measure-images and measure-encoder need measure")
	}
	switch t.Arch {
	case autoencoderArch:
		return t.completeAutoencoder()
	case mnistcond.Name:
		return t.completeConditional()
	}
	return t.completeDCGAN()
}

// unused refuses options that mean nothing to an architecture.
func (t *Training) unused(options map[string]bool) error {
	for name, given := range options {
		if given {
			return fmt.Errorf("%s means nothing with arch %q", name, t.Arch)
		}
	}
	return nil
}

func (t *Training) completeDCGAN() error {
	if (t.Steps > 0) == (t.Epochs > 0) {
		return errors.New("give either steps or epochs")
	}
	t.Channels, t.Batch, t.LearningRate = cmp.Or(t.Channels, 3), cmp.Or(t.Batch, dcgan.DefaultBatch), cmp.Or(t.LearningRate, dcgan.DefaultLearningRate)
	t.Alternate = cmp.Or(t.Alternate, string(dcgan.Released))
	or(&t.Beta1, dcgan.DefaultBeta1)
	or(&t.WeightDecay, dcgan.DefaultWeightDecay)
	t.Samples = cmp.Or(t.Samples, dcgan.DefaultSamples)
	if a := dcgan.Alternation(t.Alternate); a != dcgan.Released && a != dcgan.Both {
		return fmt.Errorf("alternate %q is neither %s nor %s", t.Alternate, dcgan.Released, dcgan.Both)
	}
	if len(t.Measure) > 0 {
		if _, err := monitor.ParseMetrics(t.Measure); err != nil {
			return fmt.Errorf("measure: %w", err)
		}
	}
	_, err := t.arch()
	return errors.Join(err, t.unused(map[string]bool{"dense": t.Dense != 0, "hidden": t.Hidden != 0, "dropout": t.Dropout != nil, "size": t.Size != 0}))
}

// arch is the architecture of a DCGAN.
func (t *Training) arch() (dcgan.Arch, error) {
	a, err := dcgan.NewArch(t.Arch, t.Width)
	if err != nil {
		return a, err
	}
	return a.WithChannels(t.Channels)
}

func (t *Training) completeConditional() error {
	if (t.Steps > 0) == (t.Epochs > 0) {
		return errors.New("give either steps or epochs")
	}
	t.Batch, t.LearningRate = cmp.Or(t.Batch, mnistcond.DefaultBatch), cmp.Or(t.LearningRate, mnistcond.DefaultLearningRate)
	or(&t.Beta1, mnistcond.DefaultBeta1)
	or(&t.WeightDecay, mnistcond.DefaultWeightDecay)
	t.Samples = cmp.Or(t.Samples, mnistcond.DefaultSamples)
	for _, name := range t.Measure {
		if name != string(monitor.NNC) {
			return fmt.Errorf("measure %q: a training of %s measures %s alone", name, mnistcond.Name, monitor.NNC)
		}
	}
	_, err := mnistcond.NewArch(t.Width, t.Dense)
	return errors.Join(err, t.unused(map[string]bool{
		"channels": t.Channels != 0, "alternate": t.Alternate != "", "hidden": t.Hidden != 0, "dropout": t.Dropout != nil, "size": t.Size != 0,
		"measure-encoder": t.MeasureEncoder != "",
	}))
}

func (t *Training) completeAutoencoder() error {
	t.Hidden, t.Batch, t.Steps = cmp.Or(t.Hidden, autoencoder.DefaultHidden), cmp.Or(t.Batch, autoencoder.DefaultBatch), cmp.Or(t.Steps, autoencoder.DefaultSteps)
	t.LearningRate = cmp.Or(t.LearningRate, autoencoder.DefaultLearningRate)
	or(&t.Dropout, autoencoder.DefaultDropout)
	return t.unused(map[string]bool{
		"epochs": t.Epochs != 0, "width": t.Width != 0, "dense": t.Dense != 0, "channels": t.Channels != 0, "alternate": t.Alternate != "", "beta1": t.Beta1 != nil,
		"weight-decay": t.WeightDecay != nil, "sample-every": t.SampleEvery != 0, "samples": t.Samples != 0, "measure": len(t.Measure) > 0,
	})
}

// imageSize is the side of the images that the training takes; 0: any.
func (t *Training) imageSize() int {
	switch t.Arch {
	case autoencoderArch:
		return t.Size
	case mnistcond.Name:
		return mnistcond.Side
	}
	a, err := t.arch()
	if err != nil {
		return 0
	}
	return a.ImageSize
}

// run trains in a run folder, or goes on with the training in it.
func (t *Training) run(ctx context.Context, out, data string, reading datasets.Options, seed uint64, m benchmarks.Machine, notes func([]string)) (*train.Summary, error) {
	job := benchmarks.Training{Data: data, Reading: reading, Out: out, Notes: notes}
	if len(t.Measure) > 0 {
		job.Measure = &monitor.Options{Every: t.MeasureEvery, Images: t.MeasureImages, Encoder: t.MeasureEncoder}
	}
	switch t.Arch {
	case autoencoderArch:
		return job.Autoencoder(ctx, autoencoder.Options{
			Hidden: t.Hidden, Dropout: t.Dropout, Batch: t.Batch, Steps: t.Steps, LearningRate: t.LearningRate, Seed: &seed,
			LogEvery: t.LogEvery, CheckpointEvery: t.CheckpointEvery, Keep: t.KeepCheckpoints,
		}, t.Size, m)
	case mnistcond.Name:
		arch, err := mnistcond.NewArch(t.Width, t.Dense)
		if err != nil {
			return nil, err
		}
		return job.Conditional(ctx, mnistcond.Options{
			Arch: arch, Batch: t.Batch, Steps: t.Steps, Epochs: t.Epochs, LearningRate: t.LearningRate, Beta1: t.Beta1, WeightDecay: t.WeightDecay, Seed: &seed,
			LogEvery: t.LogEvery, SampleEvery: t.SampleEvery, CheckpointEvery: t.CheckpointEvery, Keep: t.KeepCheckpoints, Samples: t.Samples,
		}, m)
	}
	return t.runDCGAN(ctx, job, seed, m)
}

func (t *Training) runDCGAN(ctx context.Context, job benchmarks.Training, seed uint64, m benchmarks.Machine) (*train.Summary, error) {
	arch, err := t.arch()
	if err != nil {
		return nil, err
	}
	if job.Measure != nil {
		if job.Measure.Metrics, err = monitor.ParseMetrics(t.Measure); err != nil {
			return nil, err
		}
	}
	return job.DCGAN(ctx, dcgan.Options{
		Arch: arch, Batch: t.Batch, Steps: t.Steps, Epochs: t.Epochs, Alternate: dcgan.Alternation(t.Alternate), Seed: &seed,
		LearningRate: t.LearningRate, Beta1: t.Beta1, WeightDecay: t.WeightDecay,
		LogEvery: t.LogEvery, SampleEvery: t.SampleEvery, CheckpointEvery: t.CheckpointEvery, Keep: t.KeepCheckpoints, Samples: t.Samples,
	}, m)
}
