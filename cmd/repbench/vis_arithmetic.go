package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/internal/npy"
	"repbench/reports/record"
	"repbench/vis"
	"repbench/vis/latent"
)

// arithmeticFlags are the flags of vis arithmetic.
type arithmeticFlags struct {
	visFlags
	n, found    int
	a, b, c     string
	data, noise string
	factors     bool
	o           latent.ArithmeticOptions
}

func (a *app) visArithmetic() *cobra.Command {
	var f arithmeticFlags
	c := &cobra.Command{
		Use:   "arithmetic RUN-OR-ENCODER --a 3,17,40 --b 0,5,6 --c 8,9,12 --out FILE.png",
		Short: "Add and subtract concepts in z, beside the same in pixels",
		Long: `Compute mean(a) - mean(b) + mean(c), each the mean z of some exemplars, and draw the
result with neighbours beside the same arithmetic on pixels. Exemplars are numbers of
the sheet of vis grid with the same --seed and --n, rows of --z, or a NumPy file of z
each; a file --z of the shape 3×K×Z holds the exemplars of a, b and c.

On a model of shapes a reader of the images says whether the result has what the
exemplars promise (--factors), and exemplars that are not named are found by it: a
with a second object, b and c without.

With --data the discriminator judges the result, with statistics of these training
images; of a run, without it, with the running ones of the training.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runArithmetic(c, args[0], f) },
	}
	f.addTo(c, "exemplars, result and neighbours, N×H×W×C")
	fl := c.Flags()
	fl.StringVar(&f.a, "a", "", "exemplars of the first concept: 3,17,40 or FILE.npy")
	fl.StringVar(&f.b, "b", "", "exemplars of the concept that is subtracted")
	fl.StringVar(&f.c, "c", "", "exemplars of the concept that is added")
	addSheet(c, &f.n)
	fl.IntVar(&f.o.Neighbours, "neighbours", latent.DefaultNeighbours, "number of vectors near the result")
	fl.Float64Var(&f.o.Spread, "spread", latent.DefaultSpread, "how far each component of a neighbour is off at most")
	fl.StringVar(&f.noise, "noise", "", "NumPy file of what is added for the neighbours, N×Z float32, instead of drawing it")
	fl.BoolVar(&f.o.Clip, "clip", false, "cut computed z to the range of a uniform prior (default: only warn)")
	fl.StringVar(&f.data, "data", "", "data set whose training images give the statistics with which the discriminator judges")
	factorsFlag(c, &f.factors)
	exemplarsFlag(c, &f.found)
	a.addReading(c)
	return c
}

func (a *app) runArithmetic(c *cobra.Command, spec string, f arithmeticFlags) error {
	start := time.Now()
	mode, err := f.checked(a.reads(spec, []string{f.data}, f.noise).With(filesOf(f.a, f.b, f.c)...), nil)
	if err != nil {
		return err
	}
	if err := errors.Join(within(c, 1, latent.MaxSheet, "exemplars"), f.o.Validate()); err != nil {
		return err
	}
	g, err := a.openGenerator(c.Context(), spec, mode)
	if err != nil {
		return err
	}
	defer g.Close()
	f.o.Seed = a.seed
	if f.noise != "" {
		if err := f.readNoise(c, g); err != nil {
			return err
		}
	}
	if f.o.Look, f.o.Quality, err = a.look(c, g, f.factors); err != nil {
		return err
	}
	concepts, err := a.concepts(c.Context(), g, &f)
	if err != nil {
		return err
	}
	subject := inside.SubjectOf(g, a.seed)
	ds, err := a.imagesFor(c.Context(), g, f.data, nil)
	if err != nil {
		return err
	}
	if ds != nil {
		subject.Data = record.Data{Name: ds.Name, Source: ds.Source, Hash: ds.Hash}
	}
	dir, err := a.dataOptions().UsePath("generator", "judge")
	if err != nil {
		return err
	}
	judge, release, err := inside.Judge(c.Context(), g, ds, dir, a.progress())
	defer release()
	if err != nil {
		return err
	}
	f.o.Judge = judge
	sum, err := latent.Arithmetic(c.Context(), g, concepts[0], concepts[1], concepts[2], f.o)
	if err != nil {
		return err
	}
	for _, given := range []struct{ option, value string }{{"data", f.data}, {"noise", f.noise}} {
		if given.value != "" {
			sum.Result.Set(given.option, given.value)
		}
	}
	rows, err := sum.Rows()
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: sum.Result}
	sum.Result.Seconds = time.Since(start).Seconds()
	return a.finishFigure(&w, subject, rows, "Vector arithmetic of "+spec,
		"Exemplars, the result of mean(a) - mean(b) + mean(c) with its neighbours, and the same arithmetic on pixels. "+sum.Result.Says, sum.Images)
}

// readNoise reads what is added for the neighbours.
func (f *arithmeticFlags) readNoise(c *cobra.Command, g *vis.Generator) error {
	shape, noise, err := npy.Read[float32](f.noise)
	if err != nil {
		return err
	}
	dim := g.Model.Arch.ZDim
	if len(shape) != 2 || shape[1] != dim {
		return fmt.Errorf("%s has shape %v; noise for z is float32 N×%d", f.noise, shape, dim)
	}
	if err := g.Model.Arch.CheckFiniteZ(noise, shape[0]); err != nil {
		return fmt.Errorf("%s: %w", f.noise, err)
	}
	if c.Flags().Changed("neighbours") && f.o.Neighbours != shape[0] {
		return usageError{fmt.Errorf("--neighbours %d: %s has noise for %d", f.o.Neighbours, f.noise, shape[0])}
	}
	f.o.Noise, f.o.Neighbours = noise, shape[0]
	return nil
}

// exemplarsWanted is how many exemplars of a concept are found where none are named, as in the
// paper.
const exemplarsWanted = 3

// exemplarsFlag adds the flag that says how many exemplars are found.
func exemplarsFlag(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "exemplars", exemplarsWanted, "number of exemplars of a concept that are found, where none are named")
}

// concepts are the z of the exemplars of a, b and c; the options of f are told where they are from.
func (a *app) concepts(ctx context.Context, g *vis.Generator, f *arithmeticFlags) (out [3][]float32, err error) {
	texts := [3]string{f.a, f.b, f.c}
	named := f.a != "" && f.b != "" && f.c != ""
	if !named && texts != [3]string{} {
		return out, usageError{fmt.Errorf("name the exemplars of all three: --a, --b and --c")}
	}
	if !named && f.z != "" {
		shape, z, err := npy.Read[float32](f.z)
		dim := g.Model.Arch.ZDim
		if err != nil {
			return out, err
		}
		if len(shape) != 3 || shape[0] != 3 || shape[1] < 1 || shape[2] != dim {
			return out, fmt.Errorf("%s has shape %v; without --a, --b and --c it holds their exemplars, float32 3×K×%d", f.z, shape, dim)
		}
		for i := range out {
			out[i] = z[i*shape[1]*dim : (i+1)*shape[1]*dim]
		}
		f.o.From.File = f.z
		return out, nil
	}
	p, err := a.pool(g, f.visFlags, f.n)
	if err != nil {
		return out, err
	}
	f.o.From = p.Origin()
	if !named {
		return found(ctx, g, p, f)
	}
	for i, t := range texts {
		if out[i], f.o.Exemplars[i], err = chosen(g, p, "--"+"abc"[i:i+1], t); err != nil {
			return out, err
		}
	}
	return out, nil
}

// byReader says in settings that the reader of factors chose the exemplars.
const byReader = "reader"

// found are exemplars of a model of shapes: a with a second object, b and c without.
func found(ctx context.Context, g *vis.Generator, p latent.Pool, f *arithmeticFlags) (out [3][]float32, err error) {
	n := f.found
	if f.o.Look == nil {
		return out, usageError{fmt.Errorf("name the exemplars: --a, --b and --c with numbers of the sheet that \"repbench vis grid\" draws, or --z FILE.npy of the shape 3×K×%d", p.Dim)}
	}
	with, without, err := split(ctx, g, p, f.o.Look, n, 2*n)
	if err != nil {
		return out, err
	}
	f.o.From.By = byReader
	for i, indices := range [][]int{with, without[:n], without[n:]} {
		f.o.Exemplars[i] = latent.SourceOf(indices)
		if out[i], err = p.Take(indices); err != nil {
			return out, err
		}
	}
	return out, nil
}

// split are images of a pool with and without a second object, as many as are wanted of each.
func split(ctx context.Context, g *vis.Generator, p latent.Pool, look latent.Look, with, without int) (a, b []int, err error) {
	im, err := g.Images(ctx, p.Z, p.N)
	if err != nil {
		return nil, nil, err
	}
	a, b, err = latent.BySecond(ctx, look, im, max(with, without))
	if err != nil {
		return nil, nil, err
	}
	if len(a) < with || len(b) < without {
		return nil, nil, fmt.Errorf("%d of the %d images of the sheet have a second object and %d have none; %d and %d are needed: a larger sheet has more (--n), or name the exemplars",
			len(a), p.N, len(b), with, without)
	}
	return a[:with], b[:without], nil
}
