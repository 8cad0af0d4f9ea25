package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
)

// trainFlags are the flags of train that are not fields of dcgan.Options.
type trainFlags struct {
	arch, data, out, alternate string
	width, channels, dense     int
	keep                       []string
	measure                    measureFlags
}

func (a *app) train() *cobra.Command {
	var f trainFlags
	var o dcgan.Options
	c := &cobra.Command{
		Use:   "train --arch NAME --data SET --steps N --out RUN",
		Short: "Train a DCGAN, or go on with a training that was stopped",
		Long: `Train a DCGAN in the run folder --out, or go on with the training in it.

With the released alternation each step trains one network on its own minibatch,
G first; with "both" each step trains D and then G. The folder gets config.json,
metrics.jsonl, checkpoints, sample sheets and log.txt.

With --measure, metrics.jsonl also gets, every --measure-every steps, how near
held-out and training images lie to generated ones (nnd_1000, nnd_10000, …) and
the Fréchet distances of both (frechet). Names that end in _train are of training
images, names that end in _real of held-out images beside training images in
place of generated ones. A generator that memorises comes nearer to its training
images alone.

The architecture mnist-cond is the conditional model of MNIST, whose two widths
are --width and --dense. It is trained on the labelled training images but those
that the released code holds out for validation, and --measure nnc says how many
validation images the nearest of 10,000 generated ones puts into another class.
The checkpoint with the fewest is kept: --checkpoint best of "sample" and
"eval nnc" opens it.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "arch", "data", "out"); err != nil {
				return err
			}
			if err := givenPositive(c, "steps", "epochs"); err != nil {
				return err
			}
			if (o.Steps > 0) == (o.Epochs > 0) {
				return usageError{fmt.Errorf("give either --steps or --epochs")}
			}
			if err := positive(c, "batch", "learning-rate", "keep-checkpoints", "samples", "log-every", "sample-every", "checkpoint-every"); err != nil {
				return err
			}
			if err := within(c, 1, maxSamples, "samples", "measure-images"); err != nil {
				return err
			}
			if err := f.measure.check(c); err != nil {
				return err
			}
			if f.arch == mnistcond.Name {
				return a.runTrainConditional(c, f, o)
			}
			if c.Flags().Changed("dense") {
				return usageError{fmt.Errorf("--dense is the width of the dense layers of %s; %s has none", mnistcond.Name, f.arch)}
			}
			return a.runTrain(c, f, o)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.arch, "arch", "", fmt.Sprintf("architecture: one of %v, or %s", dcgan.ArchNames(), mnistcond.Name))
	fl.StringVar(&f.data, "data", "", "data set; its training images are used, without labels but for "+mnistcond.Name)
	fl.StringVar(&f.out, "out", "", "run folder")
	fl.IntVar(&f.width, "width", 0, "maps of D's first layer (0: the paper's)")
	fl.IntVar(&f.dense, "dense", 0, "units of the dense layers of "+mnistcond.Name+" (0: the paper's 1024)")
	fl.IntVar(&f.channels, "channels", 3, "channels of the images: 3 (RGB) or 1 (grey)")
	fl.IntVar(&o.Batch, "batch", dcgan.DefaultBatch, "images in a minibatch")
	fl.Int64Var(&o.Steps, "steps", 0, "minibatches in all")
	fl.IntVar(&o.Epochs, "epochs", 0, "instead of --steps: passes over the training images (released: D sees every other minibatch)")
	fl.StringVar(&f.alternate, "alternate", string(dcgan.Released), "released: G and D in turn, each on its own minibatch; both: D and G on each")
	fl.Float64Var(&o.LearningRate, "learning-rate", dcgan.DefaultLearningRate, "Adam's learning rate")
	o.Beta1 = fl.Float64("beta1", dcgan.DefaultBeta1, "Adam's beta1")
	o.WeightDecay = fl.Float64("weight-decay", dcgan.DefaultWeightDecay, "L2 term added to the gradient ")
	fl.Int64Var(&o.LogEvery, "log-every", dcgan.DefaultLogEvery, "steps between lines of metrics.jsonl")
	fl.Int64Var(&o.SampleEvery, "sample-every", dcgan.DefaultSampleEvery, "steps between sample sheets")
	fl.Int64Var(&o.CheckpointEvery, "checkpoint-every", dcgan.DefaultCheckpointEvery, "steps between checkpoints")
	fl.IntVar(&o.Keep, "keep-checkpoints", dcgan.DefaultKeep, "checkpoints kept")
	tensorBoardFlag(c, &o.TensorBoard)
	addKeep(c, &f.keep)
	a.addReading(c)
	fl.IntVar(&o.Samples, "samples", dcgan.DefaultSamples, "images on a sample sheet")
	f.measure.add(c)
	c.AddCommand(a.trainAutoencoder())
	return c
}

func (a *app) runTrain(c *cobra.Command, f trainFlags, o dcgan.Options) error {
	arch, err := newArch(f.arch, f.width, f.channels)
	if err != nil {
		return err
	}
	t := a.training(f)
	if t.Measure, err = f.measure.options(); err != nil {
		return err
	}
	o.Arch, o.Seed, o.Alternate = arch, new(a.seed), dcgan.Alternation(f.alternate)
	s, err := t.DCGAN(c.Context(), o, a.machine())
	if err != nil {
		return err
	}
	return a.print(map[string]any{
		"run": f.out, "steps": s.Steps, "resumed_at": s.Resumed, "images": s.Images, "seconds": s.Seconds, "measure_seconds": s.MeasureSeconds, "last": s.Last,
	}, trainedText(f.out, arch.Name, s))
}

// training is what the flags say but for the options of the model and the measurements.
func (a *app) training(f trainFlags) benchmarks.Training {
	return benchmarks.Training{Data: f.data, Reading: a.readingOf(f.keep), Out: f.out, Notes: func(notes []string) {
		for _, n := range notes {
			fmt.Fprintf(a.stderr, "note: %s\n", n)
		}
	}}
}

// trainedText says what a training came to.
func trainedText(out, arch string, s *train.Summary) string {
	measured := ""
	if s.MeasureSeconds > 0 {
		measured = fmt.Sprintf(" and %.1f s for measurements", s.MeasureSeconds)
	}
	return fmt.Sprintf("%s: %d steps of %s, %d images, %.1f s%s\n", out, s.Steps, arch, s.Images, s.Seconds, measured)
}

// newArch builds the architecture that the flags --arch, --width and --channels name.
func newArch(name string, width, channels int) (dcgan.Arch, error) {
	arch, err := dcgan.NewArch(name, width)
	if err == nil {
		arch, err = arch.WithChannels(channels)
	}
	if err != nil {
		return arch, usageError{err}
	}
	return arch, nil
}

// tensorBoardFlag adds --tensorboard to a training.
func tensorBoardFlag(c *cobra.Command, on *bool) {
	c.Flags().BoolVar(on, "tensorboard", false, "write a TensorBoard event file beside metrics.jsonl, with the same numbers; later sittings go on with it")
}
