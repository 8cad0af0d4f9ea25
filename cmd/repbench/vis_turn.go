package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/sheet"
)

// turnFlags are the flags of vis turn.
type turnFlags struct {
	visFlags
	n, bases          int
	exemplars         int
	left, right, base string
	factors           bool
	o                 latent.TurnOptions
}

func (a *app) visTurn() *cobra.Command {
	var f turnFlags
	c := &cobra.Command{
		Use:   "turn RUN-OR-ENCODER --left 3,17,40 --right 0,5,6 --out FILE.png",
		Short: "Move samples along the direction between two sets of exemplars",
		Long: `Take the direction v = mean(left) - mean(right) in z and draw base + t·v for t from -1
to 1, beside random directions of the same length. Exemplars and bases are numbers of
the sheet of vis grid with the same --seed and --n, rows of --z, or a NumPy file of z
each; bases that are not named are drawn.

On a model of shapes a reader of the images says what happens to the second object and
to the shape (--factors), and exemplars that are not named are found by it: left with a
second object, right without.

--out writes the strip FILE.png, the animation FILE.webp and the scores FILE.json.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runTurn(c, args[0], f) },
	}
	f.addTo(c, "the images base by base, N×H×W×C")
	fl := c.Flags()
	fl.StringVar(&f.left, "left", "", "exemplars at t = 1: 3,17,40 or FILE.npy")
	fl.StringVar(&f.right, "right", "", "exemplars at t = -1")
	fl.StringVar(&f.base, "base", "", "what is turned: numbers of the sheet or FILE.npy (default: --bases z that are drawn)")
	fl.IntVar(&f.bases, "bases", 3, "number of bases that are drawn")
	addSheet(c, &f.n)
	fl.IntVar(&f.o.Steps, "steps", latent.DefaultTurnSteps, "images from t = -1 to 1")
	fl.BoolVar(&f.o.Clip, "clip", false, "cut computed z to the range of a uniform prior (default: only warn)")
	factorsFlag(c, &f.factors)
	exemplarsFlag(c, &f.exemplars)
	return c
}

// streamBases draws the bases of a turn.
const streamBases = 0x5aa

func (a *app) runTurn(c *cobra.Command, spec string, f turnFlags) error {
	start := time.Now()
	mode, err := f.checked(a.reads(spec, nil, filesOf(f.left, f.right, f.base)...), nil, ".webp")
	if err != nil {
		return err
	}
	if err := within(c, 1, latent.MaxSheet, "exemplars"); err != nil {
		return err
	}
	if f.base != "" && c.Flags().Changed("bases") {
		return usageError{fmt.Errorf("--bases is for bases that are drawn; --base names them")}
	}
	if f.bases < 1 || f.bases > sheetImages*10 {
		return usageError{fmt.Errorf("--bases %d: give 1 to %d", f.bases, sheetImages*10)}
	}
	g, err := a.openGenerator(c.Context(), spec, mode)
	if err != nil {
		return err
	}
	defer g.Close()
	f.o.Seed = a.seed
	if f.o.Look, f.o.Quality, err = a.look(c, g, f.factors); err != nil {
		return err
	}
	left, right, bases, err := a.turning(c.Context(), g, &f)
	if err != nil {
		return err
	}
	turn, err := latent.DrawTurn(c.Context(), g, left, right, bases, f.o)
	if err != nil {
		return err
	}
	rows, err := turn.Rows()
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: turn.Result}
	frames := turn.Frames()
	shown, err := sheet.FromFloat(frames.Data, frames.N, frames.H, frames.W, frames.C)
	if err != nil {
		return err
	}
	if err := w.Animation(shown, sheet.AnimationOptions{Back: true, Milliseconds: 160, Scale: max(1, 96/frames.H)}); err != nil {
		return err
	}
	turn.Result.Seconds = time.Since(start).Seconds()
	return a.finishFigure(&w, inside.SubjectOf(g, a.seed), rows, "A turn of "+spec,
		"Exemplars of both sides, bases moved along the direction between them, and along random directions of the same length. "+turn.Result.Says, turn.Images)
}

// turning are the z of the exemplars and of the bases; the options of f are told where they are from.
func (a *app) turning(ctx context.Context, g *vis.Generator, f *turnFlags) (left, right, bases []float32, err error) {
	p, err := a.pool(g, f.visFlags, f.n)
	if err != nil {
		return nil, nil, nil, err
	}
	f.o.From = p.Origin()
	switch {
	case f.left != "" && f.right != "":
		if left, f.o.LeftOf, err = chosen(g, p, "--left", f.left); err != nil {
			return nil, nil, nil, err
		}
		right, f.o.RightOf, err = chosen(g, p, "--right", f.right)
	case f.left != "" || f.right != "":
		err = usageError{fmt.Errorf("name the exemplars of both sides: --left and --right")}
	case f.o.Look == nil:
		err = usageError{fmt.Errorf("name the exemplars: --left and --right with numbers of the sheet that \"repbench vis grid\" draws, or NumPy files of z")}
	default:
		left, right, err = sides(ctx, g, p, f)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	if f.base != "" {
		bases, f.o.BaseOf, err = chosen(g, p, "--base", f.base)
		return left, right, bases, err
	}
	arch := g.Model.Arch
	return left, right, arch.Prior.DrawZ(f.bases, arch.ZDim, rand.New(rand.NewPCG(a.seed, streamBases)).Uint64()), nil
}

// sides are exemplars of a model of shapes: left with a second object, right without.
func sides(ctx context.Context, g *vis.Generator, p latent.Pool, f *turnFlags) (left, right []float32, err error) {
	with, without, err := split(ctx, g, p, f.o.Look, f.exemplars, f.exemplars)
	if err != nil {
		return nil, nil, err
	}
	f.o.From.By, f.o.LeftOf, f.o.RightOf = byReader, latent.SourceOf(with), latent.SourceOf(without)
	if left, err = p.Take(with); err != nil {
		return nil, nil, err
	}
	right, err = p.Take(without)
	return left, right, err
}
