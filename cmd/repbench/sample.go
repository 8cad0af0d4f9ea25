package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/features"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
)

// maxSamples bounds the images of one batch, which is held in memory whole.
const maxSamples = 100_000

type sampleFlags struct {
	n             int
	out, z, array string
	prior         string

	labels, labelsOut, checkpoint string // of mnist-cond
}

func (a *app) sample() *cobra.Command {
	var f sampleFlags
	c := &cobra.Command{
		Use:   "sample RUN-OR-ENCODER --n 64 --out FILE.png",
		Short: "Generate images with a trained generator",
		Long: `Generate images with the generator of a run folder, dcgan:RUN, theano:DIR or
random:ARCH, as one batch: batch normalisation uses the statistics of exactly
these samples, as in the released code, so an image depends on its neighbours.

A run of mnist-cond makes images of the classes of --labels, in [0, 1]. Chosen classes
have a row of the sheet each; images of all other classes are made in the same batch and
not kept. "uniform" makes the samples of "eval nnc" with this seed, in batches of 128.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.out == "" && f.array == "" {
				return usageError{fmt.Errorf("give --out FILE.png, --npy FILE.npy, or both")}
			}
			if err := f.checkFiles(a, args[0]); err != nil {
				return err
			}
			if mnistcond.IsRun(args[0]) {
				return a.runSampleConditional(c, args[0], f)
			}
			if err := f.unconditional(c, args[0]); err != nil {
				return err
			}
			return a.runSample(args[0], f)
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.n, "n", 64, "number of images, when z is drawn")
	fl.StringVar(&f.out, "out", "", "contact sheet to write (PNG)")
	fl.StringVar(&f.z, "z", "", "NumPy file with z, N×Z float32, instead of drawing it")
	fl.StringVar(&f.array, "npy", "", "NumPy file to write: N×H×W×C float32 in [-1, 1], or [0, 1] of mnist-cond")
	f.addConditional(c)
	fl.StringVar(&f.prior, "prior", "", "distribution z is drawn from; must be the model's (uniform or gaussian)")
	return c
}

func (a *app) runSample(spec string, f sampleFlags) error {
	b, err := a.openExact()
	if err != nil {
		return err
	}
	m, err := features.OpenModel(spec, b, a.seed)
	if err != nil {
		return err
	}
	z, n, err := a.readZ(m.Arch, f)
	if err != nil {
		return err
	}
	im, err := m.Sample(b, z, n)
	if err != nil {
		return err
	}
	if f.array != "" {
		if err := npy.Write(f.array, []int{im.N, im.H, im.W, im.C}, im.Data); err != nil {
			return err
		}
	}
	if f.out != "" {
		if err := benchmarks.WriteSheet(f.out, im); err != nil {
			return err
		}
	}
	return a.print(map[string]any{
		"model": spec, "origin": m.Origin, "n": im.N, "prior": m.Arch.Prior, "png": f.out, "npy": f.array,
	}, fmt.Sprintf("%d images of %d×%d from %s (%s)\n", im.N, im.H, im.W, spec, m.Origin))
}

// checkFiles says, before any work, why a file of samples cannot be written.
func (f sampleFlags) checkFiles(a *app, spec string) error {
	labels := f.labels
	if _, isList := classList(labels); isList || labels == uniformLabels {
		labels = "" // no file
	}
	return benchmarks.CheckFiles(a.reads(spec, nil, f.z, labels), outputs.File{},
		outputs.File{Flag: "--out", Path: f.out}, outputs.File{Flag: "--npy", Path: f.array}, outputs.File{Flag: "--labels-out", Path: f.labelsOut})
}

// readZ reads z from a file or draws it from the model's prior.
func (a *app) readZ(arch dcgan.Arch, f sampleFlags) (z []float32, n int, err error) {
	if f.prior != "" {
		p, err := dcgan.ParsePrior(f.prior)
		if err != nil {
			return nil, 0, usageError{err}
		}
		if p != arch.Prior {
			return nil, 0, usageError{fmt.Errorf("--prior %s: the model was trained with z from the prior %s; others would not be its samples", p, arch.Prior)}
		}
	}
	if f.z == "" && (f.n < 2 || f.n > maxSamples) {
		return nil, 0, usageError{fmt.Errorf("--n %d: 2 to %d images can be generated as one batch", f.n, maxSamples)}
	}
	if f.z == "" {
		return arch.Prior.DrawZ(f.n, arch.ZDim, a.seed), f.n, nil
	}
	shape, z, err := npy.Read[float32](f.z)
	if err != nil {
		return nil, 0, err
	}
	if len(shape) != 2 || shape[1] != arch.ZDim {
		return nil, 0, fmt.Errorf("%s has shape %v, want N×%d", f.z, shape, arch.ZDim)
	}
	return z, shape[0], nil
}
