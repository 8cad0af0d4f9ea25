package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/train/autoencoder"
)

func (a *app) trainAutoencoder() *cobra.Command {
	var data, out string
	var size int
	var keep []string
	var o autoencoder.Options
	c := &cobra.Command{
		Use:   "autoencoder --data SET --out RUN",
		Short: "Train the denoising autoencoder, or go on with a training that was stopped",
		Long: `Train the paper's denoising autoencoder (3072-128-3072 for 32×32 images, dropout on
the input, rectified code) in the run folder --out, or go on with the training in it.
The encoder autoencoder:RUN gives its 128 code values as features.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "data", "out"); err != nil {
				return err
			}
			if err := positive(c, "hidden", "batch", "steps", "learning-rate", "log-every", "checkpoint-every", "keep-checkpoints"); err != nil {
				return err
			}
			o.Seed = new(a.seed)
			return a.runAutoencoder(c, data, out, size, keep, o)
		},
	}
	fl := c.Flags()
	fl.StringVar(&data, "data", "", "data set; its training images are used, without labels")
	fl.StringVar(&out, "out", "", "run folder")
	fl.IntVar(&size, "size", 0, "side to which images are brought (0: as they are)")
	fl.IntVar(&o.Hidden, "hidden", autoencoder.DefaultHidden, "code units")
	o.Dropout = fl.Float64("dropout", autoencoder.DefaultDropout, "probability with which an input value is dropped")
	fl.IntVar(&o.Batch, "batch", autoencoder.DefaultBatch, "images in a minibatch")
	fl.Int64Var(&o.Steps, "steps", autoencoder.DefaultSteps, "minibatches in all")
	fl.Float64Var(&o.LearningRate, "learning-rate", autoencoder.DefaultLearningRate, "Adam's learning rate")
	fl.Int64Var(&o.LogEvery, "log-every", autoencoder.DefaultLogEvery, "steps between lines of metrics.jsonl")
	fl.Int64Var(&o.CheckpointEvery, "checkpoint-every", autoencoder.DefaultCheckpointEvery, "steps between checkpoints")
	fl.IntVar(&o.Keep, "keep-checkpoints", autoencoder.DefaultKeep, "checkpoints kept")
	tensorBoardFlag(c, &o.TensorBoard)
	addKeep(c, &keep)
	a.addReading(c)
	return c
}

// positive demands that numbers are above 0, where the zero value of an options
// struct would mean the default.
func positive(c *cobra.Command, names ...string) error {
	for _, name := range names {
		var v float64
		text := c.Flag(name).Value.String()
		if _, err := fmt.Sscan(text, &v); err != nil || !(v > 0) {
			return usageError{fmt.Errorf("--%s must be positive", name)}
		}
	}
	return nil
}

// givenPositive is positive for the named flags that the command has and that were given.
func givenPositive(c *cobra.Command, names ...string) error {
	for _, name := range names {
		if c.Flags().Changed(name) {
			if err := positive(c, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) runAutoencoder(c *cobra.Command, spec, out string, size int, keep []string, o autoencoder.Options) error {
	t := benchmarks.Training{Data: spec, Reading: a.readingOf(keep), Out: out}
	s, err := t.Autoencoder(c.Context(), o, size, a.machine())
	if err != nil {
		return err
	}
	return a.print(map[string]any{
		"run": out, "steps": s.Steps, "resumed_at": s.Resumed, "images": s.Images, "seconds": s.Seconds, "last": s.Last,
	}, fmt.Sprintf("%s: %d steps of an autoencoder, %d images, %.1f s, loss %.4f\n", out, s.Steps, s.Images, s.Seconds, s.Last.Get("loss")))
}
