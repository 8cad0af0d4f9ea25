package main

import (
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/sheet"
)

// sheetImages is the number of images of a sheet where nobody says another one.
const sheetImages = 64

func (a *app) visGrid() *cobra.Command {
	var f visFlags
	var n int
	var saved string
	c := &cobra.Command{
		Use:   "grid RUN-OR-ENCODER --out FILE.png",
		Short: "Draw samples with their numbers",
		Long: `Draw the samples of a generator, numbered from 0. The other figures take these numbers
with the same --seed and --n: vis arithmetic RUN --a 3,17,40 --b 0,5,6 --c 8,9,12. The
first samples of a seed are the same for every --n.`,
		Args: exactly(1, "one run folder or encoder"),
		RunE: func(c *cobra.Command, args []string) error { return a.runGrid(c, args[0], f, n, saved) },
	}
	f.addTo(c, "the images, N×H×W×C")
	addSheet(c, &n)
	c.Flags().StringVar(&saved, "save-z", "", "NumPy file to write the z to, for --z")
	return c
}

// addSheet adds the flag of the number of images of the sheet that indices refer to.
func addSheet(c *cobra.Command, n *int) {
	c.Flags().IntVar(n, "n", sheetImages, "images of the numbered sheet, when z is drawn")
}

// pool is the z that indices refer to: the rows of --z, or the z of a sheet that is drawn from the seed.
func (a *app) pool(g *vis.Generator, f visFlags, n int) (latent.Pool, error) {
	if f.z != "" {
		return latent.ReadPool(g, f.z)
	}
	return latent.DrawPool(g, n, a.seed)
}

func (a *app) runGrid(c *cobra.Command, spec string, f visFlags, n int, saved string) error {
	start := time.Now()
	mode, err := f.checked(a.reads(spec, nil), []outputs.File{{Flag: "--save-z", Path: saved}})
	if err != nil {
		return err
	}
	g, err := a.openGenerator(c.Context(), spec, mode)
	if err != nil {
		return err
	}
	defer g.Close()
	p, err := a.pool(g, f, n)
	if err != nil {
		return err
	}
	grid, err := latent.DrawGrid(c.Context(), g, p)
	if err != nil {
		return err
	}
	img, err := sheet.DrawRows(grid.Rows, sheet.RowOptions{Stop: c.Context().Err, Title: "Samples of " + spec, Note: []string{grid.Result.Says}})
	if err != nil {
		return err
	}
	w := inside.Writer{Output: f.output, Result: grid.Result}
	if err := w.Picture("", img, "Samples of "+spec+" with their numbers."); err != nil {
		return err
	}
	if saved != "" {
		if err := npy.Write(saved, []int{p.N, p.Dim}, p.Z); err != nil {
			return err
		}
		grid.Result.Files = append(grid.Result.Files, saved)
	}
	if err := w.Images(grid.Images); err != nil {
		return err
	}
	grid.Result.Seconds = time.Since(start).Seconds()
	if err := w.Close(inside.SubjectOf(g, a.seed)); err != nil {
		return err
	}
	return a.printFigure(spec, grid.Result)
}
