package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/reports/record"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/sheet"
)

// walkFlags are the flags of vis walk.
type walkFlags struct {
	visFlags
	points, steps, snap, n int
	path, data, through    string
	keep                   []string
}

func (a *app) visWalk() *cobra.Command {
	var f walkFlags
	c := &cobra.Command{
		Use:   "walk RUN-OR-ENCODER --out FILE.png",
		Short: "Walk from sample to sample, beside walks that jump",
		Long: `Walk through z from point to point and measure how evenly the images change: the
largest step of each segment as a share of its chord, the difference of both ends.
Controls are the same frames replaced by the nearest of other images, a walk that jumps
(--snap of them: training images with --data, else samples), the blend of both ends'
pixels, and random z. An even walk does not say that nothing is copied: for that there
is memorization.

The points are --points z drawn from --seed, the images --through of the numbered
sheet of vis grid, or all z of --z. With a Gaussian prior a straight path (lerp) passes
through z that are too short, whose images are blurred; slerp is the default there.

--out writes the strip FILE.png, the animation FILE.webp and the scores FILE.json.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runWalk(c, args[0], f) },
	}
	f.addTo(c, "the frames, N×H×W×C")
	fl := c.Flags()
	fl.IntVar(&f.points, "points", 9, "number of points, when they are drawn")
	fl.StringVar(&f.through, "through", "", "numbers of the sheet of vis grid to walk through, such as 3,17,40")
	addSheet(c, &f.n)
	fl.IntVar(&f.steps, "steps", 16, "frames of each segment")
	fl.StringVar(&f.path, "path", "", "lerp (straight) or slerp (along the arc); default: slerp for a Gaussian prior, lerp for a uniform one")
	fl.StringVar(&f.data, "data", "", "data set to whose training images the control snaps (default: to samples)")
	fl.IntVar(&f.snap, "snap", 5000, "number of images that the control snaps to; 0: none")
	addKeep(c, &f.keep)
	a.addReading(c)
	return c
}

// maxSnap bounds the images that a control snaps to.
const maxSnap = 100_000

// walkPoints are the z of the points of a walk; o is told where they are from.
func (a *app) walkPoints(c *cobra.Command, g *vis.Generator, f walkFlags, o *latent.WalkOptions) (z []float32, n int, err error) {
	dim := g.Model.Arch.ZDim
	switch {
	case f.through != "":
		p, err := a.pool(g, f.visFlags, f.n)
		if err != nil {
			return nil, 0, err
		}
		o.From = p.Origin()
		z, o.Through, err = chosen(g, p, "--through", f.through)
		return z, len(z) / dim, err
	case f.z != "":
		if c.Flags().Changed("points") {
			return nil, 0, usageError{fmt.Errorf("--points is for points that are drawn; all z of --z are walked through, or those that --through names")}
		}
		o.From.File = f.z
		z, n, err = vis.ReadZ(f.z, g.Model.Arch)
		o.Through.Numbers = firstNumbers(n)
		return z, n, err
	}
	p, err := latent.DrawPool(g, f.points, a.seed)
	o.Through.Numbers = firstNumbers(p.N)
	return p.Z, p.N, err
}

// firstNumbers are 0 to n-1.
func firstNumbers(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (a *app) runWalk(c *cobra.Command, spec string, f walkFlags) error {
	start := time.Now()
	mode, err := f.checked(a.reads(spec, []string{f.data}, f.keep...).With(filesOf(f.through)...), nil, ".webp")
	if err != nil {
		return err
	}
	o := latent.WalkOptions{Steps: f.steps, Seed: a.seed, Progress: a.progress()}
	if f.path != "" {
		if o.Path, err = latent.ParsePath(f.path); err != nil {
			return err
		}
	}
	if len(f.keep) > 0 && f.data == "" {
		return usageError{fmt.Errorf("--keep restricts a data set; name it with --data")}
	}
	if f.through != "" && c.Flags().Changed("points") {
		return usageError{fmt.Errorf("--points is for points that are drawn; --through names them")}
	}
	if f.snap < 0 || f.snap > maxSnap {
		return usageError{fmt.Errorf("--snap %d: give 0 to %d images", f.snap, maxSnap)}
	}
	if f.through == "" && f.z == "" {
		if err := o.Validate(f.points); err != nil {
			return err
		}
	}
	g, err := a.openGenerator(c.Context(), spec, mode)
	if err != nil {
		return err
	}
	defer g.Close()
	points, n, err := a.walkPoints(c, g, f, &o)
	if err != nil {
		return err
	}
	subject := inside.SubjectOf(g, a.seed)
	if err := a.snapTo(c, g, f, &o, &subject); err != nil {
		return err
	}
	walk, err := latent.Go(c.Context(), g, points, n, o)
	if err != nil {
		return err
	}
	if f.data != "" {
		walk.Result.Set("data", f.data)
	}
	for _, file := range f.keep {
		walk.Result.Set("keep", file)
	}
	rows, err := walk.Rows()
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: walk.Result}
	shown, err := sheet.FromFloat(walk.Images.Data, walk.Images.N, walk.Images.H, walk.Images.W, walk.Images.C)
	if err != nil {
		return err
	}
	if shown.N <= 1000 { // longer ones are no animation that anybody watches
		if err := w.Animation(shown, sheet.AnimationOptions{Back: true}); err != nil {
			return err
		}
	}
	walk.Result.Seconds = time.Since(start).Seconds()
	return a.finishFigure(&w, subject, rows, "A walk of "+spec,
		"A walk through z, segment by segment, and below it the controls of the first segment. "+walk.Result.Says, walk.Images)
}

// streamSnap draws the images that a walk's control snaps to.
const streamSnap = 0x5a9

// snapTo sets the images that the control snaps to: training images, or samples of other z.
func (a *app) snapTo(c *cobra.Command, g *vis.Generator, f walkFlags, o *latent.WalkOptions, s *inside.Subject) error {
	ds, err := a.imagesFor(c.Context(), g, f.data, f.keep)
	if err != nil || f.snap == 0 {
		return err
	}
	r := rand.New(rand.NewPCG(a.seed, streamSnap))
	if ds == nil {
		z := g.Model.Arch.Prior.DrawZ(f.snap, g.Model.Arch.ZDim, r.Uint64())
		im, err := g.Model.SampleBatches(c.Context(), g.Backend, z, max(f.snap, 2), nil)
		if g.BatchNorm == vis.Fixed {
			im, err = g.Images(c.Context(), z, f.snap)
		}
		if err != nil {
			return err
		}
		o.SnapName = fmt.Sprintf("%d other samples", f.snap)
		o.Snap, err = sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
		return err
	}
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return err
	}
	all := split.Images
	o.Snap, o.SnapName = all, fmt.Sprintf("%d training images of %s", min(f.snap, all.N), ds.Name)
	s.Data = record.Data{Name: ds.Name, Source: ds.Source, Hash: ds.Hash}
	if f.snap < all.N {
		o.Snap.N, o.Snap.Data = f.snap, nil
		for _, i := range r.Perm(all.N)[:f.snap] {
			o.Snap.Data = append(o.Snap.Data, all.At(i)...)
		}
	}
	return nil
}
