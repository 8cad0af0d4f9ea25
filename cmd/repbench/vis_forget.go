package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/internal/outputs"
	"repbench/internal/progress"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/forget"
	"repbench/vis/scene"
)

// forgetImages is the number of images of vis forget where nobody says another one.
const forgetImages = 150

// forgetFlags are the flags of vis forget beside the flags of all figures.
type forgetFlags struct {
	visFlags
	n                                          int
	chosenN                                    bool // --n was given
	boxes, saved, layer, next, negatives, maps string
	o                                          forget.Options
}

func (a *app) visForget() *cobra.Command {
	var f forgetFlags
	c := &cobra.Command{
		Use:   "forget RUN-OR-ENCODER --out FILE.png [--boxes FILE]",
		Short: "Drop the maps that draw an object, and score what became of it and of the rest",
		Long: `Find the maps of a hidden layer of the generator that draw an object, set them to 0, and
generate the images again (section 6.3.1 of the paper).

--boxes FILE says where the object is in the images of --z, or of --seed and --n: JSON,
[{"image": 0, "x0": 4, "y0": 6, "x1": 12, "y1": 16}, …], or CSV with the head
image,x0,y0,x1,y1; x1 and y1 are exclusive. A model that was trained on the built-in set
shapes needs no boxes: a detector of the second object, fitted on drawn images, finds them.

A logistic regression separates cells of the layer inside the boxes from as many outside;
the maps with a positive weight are dropped. The score is the mean |change| inside the
boxes divided by that outside; the control drops as many random maps, 20 times.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := f.given(c); err != nil {
				return usageError{err}
			}
			return a.runForget(c.Context(), args[0], f)
		},
	}
	f.addTo(c, "the images after the drop, N×H×W×C")
	fl := c.Flags()
	fl.IntVar(&f.n, "n", forgetImages, "number of images, when z is drawn; with --z all its rows are used")
	fl.StringVar(&f.boxes, "boxes", "", "file of boxes, JSON or CSV (default: found by a detector, for models of shapes)")
	fl.StringVar(&f.saved, "save-boxes", "", "file to write the boxes to that were used, JSON")
	fl.StringVar(&f.layer, "layer", "", "hidden layer: its name (conv2), the size of its maps (16x16), or h and its number (h3) (default: the first transposed convolution that gives 16×16)")
	fl.Float64Var(&f.o.C, "C", forget.DefaultC, "cost of the logistic regression")
	fl.StringVar(&f.next, "next", string(forget.Kept), "statistics of the layers after the drop: kept, or recomputed with the drop")
	fl.StringVar(&f.negatives, "negatives", string(forget.Outside), "cells that are negative examples: outside the boxes, or anywhere in their images, as in the paper")
	fl.StringVar(&f.maps, "maps", "", "maps to drop, such as 0,3,17, instead of those with a positive weight")
	fl.IntVar(&f.o.Draws, "draws", forget.DefaultDraws, "draws of random maps of the control, 2 or more")
	return c
}

// given refuses values that were given and would stand for the default.
func (f *forgetFlags) given(c *cobra.Command) error {
	changed := c.Flags().Changed
	f.chosenN = changed("n")
	if changed("C") {
		if err := forget.CheckC(f.o.C); err != nil {
			return fmt.Errorf("--C: %w", err)
		}
	}
	switch {
	case changed("maps") && strings.TrimSpace(f.maps) == "":
		return errors.New("--maps names no map; give numbers from 0, such as 0,3,17, or leave it out to drop the maps with a positive weight")
	case changed("draws") && (f.o.Draws < 2 || f.o.Draws > forget.MaxDraws):
		return fmt.Errorf("--draws %d: give 2 to %d; 2 or more are needed for a standard deviation", f.o.Draws, forget.MaxDraws)
	}
	return nil
}

// parse reads the flags that have names or lists as values.
func (f *forgetFlags) parse() (err error) {
	if f.o.Next, err = forget.ParseNext(f.next); err != nil {
		return fmt.Errorf("--next: %w", err)
	}
	if f.o.Negatives, err = forget.ParseNegatives(f.negatives); err != nil {
		return fmt.Errorf("--negatives: %w", err)
	}
	if f.maps != "" {
		for s := range strings.SplitSeq(f.maps, ",") {
			k, err := strconv.Atoi(strings.TrimSpace(s))
			if err != nil {
				return fmt.Errorf("--maps %s: %q is no number of a map; give numbers from 0, such as 0,3,17", f.maps, s)
			}
			f.o.Maps = append(f.o.Maps, k)
		}
	}
	if f.z == "" && (f.n < 2 || f.n > maxSamples) {
		return fmt.Errorf("--n %d: 2 to %d images can be generated", f.n, maxSamples)
	}
	return f.o.Check()
}

func (a *app) runForget(ctx context.Context, spec string, f forgetFlags) error {
	start := time.Now()
	if err := f.parse(); err != nil {
		return usageError{err}
	}
	mode, err := f.checked(a.reads(spec, nil, f.boxes), []outputs.File{{Flag: "--save-boxes", Path: f.saved}})
	if err != nil {
		return err
	}
	if f.boxes != "" {
		if f.o.Boxes, err = forget.ReadBoxes(f.boxes); err != nil {
			return err
		}
	}
	g, err := a.openGenerator(ctx, spec, mode)
	if err != nil {
		return err
	}
	defer g.Close()
	if f.o.Layer, err = forget.ParseLayer(g.Model.Arch, f.layer); err != nil {
		return err
	}
	z, n, err := a.forgetZ(g.Model.Arch, f)
	if err != nil {
		return err
	}
	if f.chosenN && n != f.n {
		return usageError{fmt.Errorf("--n %d: all %d z of %s are used; leave --n out", f.n, n, f.z)}
	}
	f.o.Seed, f.o.Progress = a.seed, a.progress()
	if f.o.Reader, err = a.shapesReader(ctx, g, f.o.Progress); err != nil {
		return err
	}
	out, err := forget.Run(ctx, g, z, n, f.o)
	switch {
	case errors.Is(err, forget.ErrMaps):
		return fmt.Errorf("--maps: %w", err)
	case errors.Is(err, forget.ErrBox) && f.boxes != "":
		return fmt.Errorf("%s: %w", f.boxes, err)
	case err != nil:
		return err
	}
	for _, file := range []struct{ option, path string }{{"z", f.z}, {"boxes", f.boxes}} {
		if file.path != "" {
			out.Result.Set(file.option, file.path)
		}
	}
	return a.writeForget(g, f, out, start)
}

// forgetZ reads z, or draws it.
func (a *app) forgetZ(arch dcgan.Arch, f forgetFlags) (z []float32, n int, err error) {
	if f.z != "" {
		return vis.ReadZ(f.z, arch)
	}
	return arch.Prior.DrawZ(f.n, arch.ZDim, a.seed), f.n, nil
}

// shapesReader opens what reads images of the set shapes, for a model that was trained on it; nil
// for others.
func (a *app) shapesReader(ctx context.Context, g *vis.Generator, report progress.Reporter) (forget.Reader, error) {
	if !scene.Reads(g.Model) {
		return nil, nil
	}
	return scene.Open(ctx, scene.Options{Size: g.Model.Arch.ImageSize, Backend: g.Backend, Cache: a.dataOptions().Options, Progress: report})
}

// writeForget writes the files of a figure and prints it.
func (a *app) writeForget(g *vis.Generator, f forgetFlags, out *forget.Outcome, start time.Time) error {
	w := inside.Writer{Output: f.output, Result: out.Result}
	img, err := out.Draw()
	if err != nil {
		return err
	}
	if err := w.Picture("", img, out.Caption(g.Spec)); err != nil {
		return err
	}
	if err := w.Images(out.After); err != nil {
		return err
	}
	if f.saved != "" {
		if err := forget.WriteBoxes(f.saved, out.Boxes); err != nil {
			return err
		}
		out.Result.Files = append(out.Result.Files, f.saved)
	}
	out.Result.Seconds = time.Since(start).Seconds()
	if err := w.Close(inside.SubjectOf(g, a.seed)); err != nil {
		return err
	}
	return a.printFigure(g.Spec, out.Result)
}
