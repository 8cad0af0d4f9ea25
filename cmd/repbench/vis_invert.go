package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/internal/npy"
	"repbench/reports/record"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/invert"
	"repbench/vis/sheet"
)

// invertImages is the number of images of each set that vis invert takes by default.
const invertImages = 12

// streamOwn sets the samples that are inverted apart from the samples of other commands.
const streamOwn = 0x1b5e

// invertFlags are the flags of vis invert.
type invertFlags struct {
	visFlags
	images, data, z0 string
	n                int
	lambda           float64
	o                invert.Options
}

func (a *app) visInvert() *cobra.Command {
	var f invertFlags
	c := &cobra.Command{
		Use:   "invert RUN-OR-ENCODER --images X.npy|SET --out FILE.png",
		Short: "Find the z that make given images, and say how well the generator can make them",
		Long: `Find for each image x the z of the least mean (G(z)-x)² + λ·mean z², by Adam (0.05) from
several starts N(0, 0.5²), with fixed statistics of batch normalisation. The score is the
peak signal-to-noise ratio in decibels. Beside the images, --n samples of the generator
itself are inverted: the search works where these come back at least 12 dB better.

With --data SET, the set that the generator was trained on, --n of its training images
and as many held-out ones are inverted, too: a generator that makes its training images
better than held-out ones remembers them. --images may then be left out.

Finished batches of images are kept in the cache: an inversion that is stopped goes on
after them when the same command is given again.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runInvert(c, args[0], f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.images, "images", "", "images to invert: a NumPy file (N×H×W×C, uint8 or float32), all of it, or a data set, of which --n test images are drawn")
	fl.StringVar(&f.data, "data", "", "data set of the training: its training and held-out images are inverted, too")
	fl.IntVar(&f.n, "n", invertImages, "samples of the generator, and images of a data set")
	fl.StringVar(&f.z0, "z0", "", "NumPy file of the starts of --images, N×Z float32, or several for each image, instead of drawing them")
	fl.Float64Var(&f.lambda, "lambda", invert.DefaultLambda, "weight λ of mean z²; with 0 z leaves the region of the prior")
	fl.IntVar(&f.o.Steps, "steps", invert.DefaultSteps, "steps of Adam")
	fl.IntVar(&f.o.Restarts, "restarts", 0, fmt.Sprintf("starts of each image (default %d, or as many as --z0 has)", invert.DefaultRestarts))
	fl.BoolVar(&f.o.Double, "double", false, "compute in float64, many times slower: in float32 the path of some images depends on the last bit, and so on the processor")
	f.addOutputs(c, "")
	fl.StringVar(&f.output.Array, "npy", "", "NumPy file to write: the z that were found for --images, N×Z float32")
	return c
}

// parse checks the flags before any work.
func (f *invertFlags) parse(c *cobra.Command, a *app, spec string) error {
	switch {
	case f.images == "" && f.data == "":
		return usageError{errors.New("give the images to invert, --images X.npy or --images SET, or the data set of the training, --data SET")}
	case f.z0 != "" && f.images == "":
		return usageError{errors.New("--z0 holds the starts of --images, which is not given")}
	case f.output.Array != "" && f.images == "":
		return usageError{errors.New("--npy holds the z of --images, which is not given")}
	case f.n < 2:
		return usageError{fmt.Errorf("--n %d: 2 images or more are needed for a median of each set", f.n)}
	}
	if err := errors.Join(within(c, 2, maxSamples, "n"), within(c, 1, maxSteps, "steps"), within(c, 1, maxRestarts, "restarts")); err != nil {
		return err
	}
	f.o.Lambda, f.o.Seed = &f.lambda, a.seed
	if _, err := (invert.Options{Lambda: f.o.Lambda, Steps: f.o.Steps, Restarts: f.o.Restarts}).Resolve(1, 1); err != nil {
		return err
	}
	_, err := f.checked(a.reads(spec, []string{f.images, f.data}, f.z0), nil)
	return err
}

func (a *app) runInvert(c *cobra.Command, spec string, f invertFlags) error {
	start, ctx := time.Now(), c.Context()
	if err := f.parse(c, a, spec); err != nil {
		return err
	}
	g, err := a.openGenerator(ctx, spec, vis.Fixed)
	if err != nil {
		return err
	}
	defer g.Close()
	if f.o.Keep, err = a.inversions(g.Model); err != nil {
		return err
	}
	figure, s, err := a.invertSets(ctx, g, &f)
	if err != nil {
		return err
	}
	r := figure.Result(g.Model.Arch, f.o)
	r.Set("images_shown", figure.Foreign.Name)
	setInputs(r, f.images, f.data, f.n, a.seed)
	if f.z0 != "" {
		r.Set("z0", f.z0)
	}
	rows, err := figure.Rows(func(z []float32, n int) (dcgan.Images, error) { return g.Images(ctx, z, n) })
	if err != nil {
		return err
	}
	img, err := sheet.DrawRows(rows, sheet.RowOptions{Scale: scaleOf(g.Model.Arch.ImageSize), Title: "Images and what " + spec + " makes of them", Note: []string{r.Says}})
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: r}
	w.Output.Array = "" // z, not images
	if err := w.Picture("", img, "Images above what the generator makes of the z that were found for them."); err != nil {
		return err
	}
	if f.output.Array != "" {
		if err := writeFound(f.output.Array, figure.Foreign, g.Model.Arch.ZDim); err != nil {
			return err
		}
		r.Files = append(r.Files, f.output.Array)
	}
	r.Seconds = time.Since(start).Seconds()
	if err := w.Close(s); err != nil {
		return err
	}
	return a.printFigure(spec, r)
}

// inversions is the folder of the cache in which finished batches of a generator are kept.
func (a *app) inversions(m *dcgan.Model) (string, error) {
	hash, err := m.GeneratorHash()
	if err != nil {
		return "", err
	}
	return a.dataOptions().UsePath("inversions", hash[:16])
}

// writeFound writes the z that were found for a set.
func writeFound(path string, s invert.Set, dim int) error {
	var z []float32
	for _, f := range s.Found {
		z = append(z, f.Z...)
	}
	return npy.Write(path, []int{len(s.Found), dim}, z)
}

// invertSets opens the sets and inverts them; the options have their defaults afterwards.
func (a *app) invertSets(ctx context.Context, g *vis.Generator, f *invertFlags) (*invert.Figure, inside.Subject, error) {
	arch := g.Model.Arch
	s := inside.SubjectOf(g, a.seed)
	figure := &invert.Figure{}
	given, starts, err := a.given(ctx, g, f, &s)
	if err != nil {
		return nil, s, err
	}
	var train, held inside.Images
	if f.data != "" {
		ds, err := a.openFor(ctx, arch, f.data)
		if err != nil {
			return nil, s, err
		}
		if train, held, err = a.trainAndHeldOut(ds, f.n); err != nil {
			return nil, s, fmt.Errorf("--data: %w", err)
		}
		s.Data = record.Data{Name: ds.Name, Hash: ds.Hash, Source: ds.Source}
		if t := g.Model.TrainedOn; t != nil && t.DataHash != ds.Hash {
			s.Notes = append(s.Notes, fmt.Sprintf("the generator was trained on other images (%s) than the images of %s", t.Data, ds.Name))
		}
		if given.Floats.N == 0 {
			given = held
		}
	}
	own, err := g.Images(ctx, arch.Prior.DrawZ(f.n, arch.ZDim, a.seed^streamOwn), f.n)
	if err != nil {
		return nil, s, err
	}
	o := f.o
	o.Z0 = starts
	if f.o, err = o.Resolve(given.Floats.N, arch.ZDim); err != nil {
		return nil, s, err
	}
	solve := func(name string, x dcgan.Images, o invert.Options) (set invert.Set, err error) {
		set = invert.Set{Name: name, Images: x}
		set.Found, err = invert.Run(ctx, g, x, name, o, a.progress())
		return set, err
	}
	drawn := f.o
	drawn.Z0 = nil
	if figure.Own, err = solve(fmt.Sprintf("%d samples of the generator", f.n), own, drawn); err != nil {
		return nil, s, err
	}
	if figure.Foreign, err = solve(given.Name, given.Floats, f.o); err != nil {
		return nil, s, err
	}
	for _, set := range []struct {
		into **invert.Set
		of   inside.Images
	}{{&figure.Train, train}, {&figure.HeldOut, held}} {
		if set.of.Floats.N == 0 {
			continue
		}
		solved, err := solve(set.of.Name, set.of.Floats, drawn)
		if err != nil {
			return nil, s, err
		}
		*set.into = &solved
	}
	return figure, s, nil
}

// given opens --images and --z0.
func (a *app) given(ctx context.Context, g *vis.Generator, f *invertFlags, s *inside.Subject) (im inside.Images, starts []float32, err error) {
	if f.images == "" {
		return im, nil, nil
	}
	var ds *datasets.Dataset
	if im, ds, err = a.shownImages(ctx, f.images, g.Model.Arch, f.n); err != nil {
		return im, nil, err
	}
	if ds != nil {
		s.Data = record.Data{Name: ds.Name, Hash: ds.Hash, Source: ds.Source}
	}
	if im.Note != "" {
		s.Notes = append(s.Notes, im.Note)
	}
	if f.z0 != "" {
		if starts, _, err = vis.ReadZ(f.z0, g.Model.Arch); err != nil {
			return im, nil, fmt.Errorf("--z0: %w", err)
		}
	}
	return im, starts, nil
}

// trainAndHeldOut are n training images of a data set and n held-out ones.
func (a *app) trainAndHeldOut(ds *datasets.Dataset, n int) (train, held inside.Images, err error) {
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return train, held, err
	}
	other, err := heldOut(ds)
	if err != nil {
		var names []string
		for _, s := range ds.Splits {
			names = append(names, s.Name)
		}
		return train, held, fmt.Errorf("%s has no held-out images beside its training images (it has %s); a set with a test or valid split shows whether training images are made better", ds.Name, strings.Join(names, ", "))
	}
	return inside.Some(ds.Name, split, n, a.seed), inside.Some(ds.Name, other, n, a.seed), nil
}
