package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval"
	"repbench/eval/supervised"
	"repbench/train/dcgan"
)

// supervisedFlags are the flags of eval supervised beside the flags of its options.
type supervisedFlags struct {
	arch, data, out string
	record          string
	protocol        string
	width, channels int
	keep            []string
}

func (a *app) evalSupervised() *cobra.Command {
	var f supervisedFlags
	var o supervised.Options
	c := &cobra.Command{
		Use:   "supervised --arch NAME --data SET",
		Short: "Train the discriminator's architecture with labels and report its test accuracy",
		Long: `Train the architecture of a DCGAN's discriminator with labels, as a baseline for
features learned without any: softmax cross-entropy, with learning rate, weight decay
and dropout from a random search on validation images (the validation split, or images
held out of the training split). The best trial is fitted again on all training images
and evaluated once on the test images.

With --labels-per-class only that number of images per class has labels, for the trials
and for the final fit. --protocol svhn-1000 is the paper's setting: 100 labels per class, and
the 10,000 validation images of the released code. The validation error of the best trial
is the number that stands in the paper.

A search that is stopped goes on from the trial it had come to when the same command
is given again.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "arch", "data"); err != nil {
				return err
			}
			if err := positive(c, "trials", "steps", "batch"); err != nil {
				return err
			}
			if err := f.checkProtocol(c); err != nil {
				return err
			}
			if err := checkHoldOut(o.HoldOut, "trials", "give a share such as 0.1"); err != nil {
				return err
			}
			return a.runSupervised(c, f, o)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.arch, "arch", "", fmt.Sprintf("architecture: one of %v", dcgan.ArchNames()))
	fl.StringVar(&f.data, "data", "", "data set with labels")
	addKeep(c, &f.keep)
	a.addReading(c)
	fl.StringVar(&f.out, "out", "", "folder of the search (default: in the cache)")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to (default: in the folder of the search)")
	fl.IntVar(&f.width, "width", 0, "maps of the first layer (0: the paper's)")
	fl.IntVar(&f.channels, "channels", 3, "channels of the images: 3 (RGB) or 1 (grey)")
	fl.IntVar(&o.Trials, "trials", supervised.DefaultTrials, "trials of the random search")
	fl.Int64Var(&o.Steps, "steps", supervised.DefaultSteps, "minibatches of each trial and of the final fit")
	fl.IntVar(&o.Batch, "batch", supervised.DefaultBatch, "images in a minibatch")
	fl.Float64Var(&o.HoldOut, "hold-out", supervised.DefaultHoldOut, "share of each class held out when there is no validation split")
	fl.IntVar(&o.LabelsPerClass, "labels-per-class", 0, "images of each class with labels (0: all)")
	fl.StringVar(&f.protocol, "protocol", "", "svhn-1000: the labels and validation images of that protocol")
	return c
}

// checkProtocol refuses other protocols than svhn-1000, and flags that mean nothing with it.
func (f supervisedFlags) checkProtocol(c *cobra.Command) error {
	switch {
	case f.protocol == "":
		return nil
	case f.protocol != string(eval.SVHN1000):
		return usageError{fmt.Errorf("--protocol %s: a supervised search has the protocol %s, or none", f.protocol, eval.SVHN1000)}
	case c.Flags().Changed("hold-out"):
		return usageError{fmt.Errorf("--hold-out means nothing with --protocol %s, which has validation images of its own", f.protocol)}
	}
	return nil
}

func (a *app) runSupervised(c *cobra.Command, f supervisedFlags, o supervised.Options) error {
	var err error
	if o.Arch, err = newArch(f.arch, f.width, f.channels); err != nil {
		return err
	}
	o.Seed, o.Protocol = new(a.seed), eval.FewShotProtocol(f.protocol)
	out, err := benchmarks.Run(c.Context(), benchmarks.Cell{
		Source:   benchmarks.Source{Data: f.data, Reading: a.readingOf(f.keep), Folder: f.out},
		Protocol: benchmarks.Supervised{Options: o},
		Records:  f.record,
	}, a.machine())
	if out == nil {
		return err
	}
	text := term.Supervised(out.Folder, out.Search)
	if out.Stored != "" {
		text += fmt.Sprintf("  record in %s\n", out.Stored)
	}
	return errors.Join(err, a.print(supervisedOutput{out.Search, out.Records[0].ID, out.Stored}, text))
}

// supervisedOutput is the result with where it was put.
type supervisedOutput struct {
	*supervised.Result
	ID     string `json:"id"`
	Record string `json:"record"`
}
