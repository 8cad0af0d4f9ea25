package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/scene"
	"repbench/vis/sheet"
)

// chosen are the vectors of an option that names images of the sheet, "3,17,40" or "0-7", or a
// NumPy file of z. name is the option.
func chosen(g *vis.Generator, p latent.Pool, name, text string) ([]float32, latent.Source, error) {
	if strings.HasSuffix(text, ".npy") {
		z, _, err := vis.ReadZ(text, g.Model.Arch)
		return z, latent.Source{Name: text}, err
	}
	indices, err := latent.ParseIndices(text)
	if err != nil {
		return nil, latent.Source{}, fmt.Errorf("%s: %w", name, err)
	}
	z, err := p.Take(indices)
	if err != nil {
		return nil, latent.Source{}, fmt.Errorf("%s: %w", name, err)
	}
	return z, latent.SourceOf(indices), nil
}

// filesOf are the texts that name files, among texts that name files or numbers.
func filesOf(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if filepath.Ext(t) == ".npy" {
			out = append(out, t)
		}
	}
	return out
}

// factorsFlag adds the flag that says whether known factors are read of the images.
func factorsFlag(c *cobra.Command, on *bool) {
	c.Flags().BoolVar(on, "factors", true, "read the shape and the second object of each image and score them; of models of shapes alone")
}

// look opens a reader of known factors where there are any; nil where there are none.
func (a *app) look(c *cobra.Command, g *vis.Generator, on bool) (latent.Look, *scene.Quality, error) {
	if !scene.Reads(g.Model) {
		if on && c.Flags().Changed("factors") {
			return nil, nil, usageError{fmt.Errorf("--factors: the factors of images are known of models that were trained on shapes in colour; this one is %s", g.Model.Origin)}
		}
		return nil, nil, nil
	}
	if !on {
		return nil, nil, nil
	}
	r, err := scene.Open(c.Context(), scene.Options{Size: g.Model.Arch.ImageSize, Backend: g.Backend, Cache: a.dataOptions().Options, Progress: a.progress()})
	if err != nil {
		return nil, nil, err
	}
	return r.Look, new(r.Quality()), nil
}

// imagesFor opens a data set at the size of a generator's images, restricted by
// keep-lists; "" is none.
func (a *app) imagesFor(ctx context.Context, g *vis.Generator, spec string, keep []string) (*datasets.Dataset, error) {
	if spec == "" {
		return nil, nil
	}
	o := a.readingOf(keep)
	o.Size = g.Model.Arch.ImageSize
	ds, err := a.openData(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return nil, err
	}
	return ds, g.Model.Arch.CheckShown(ds.Name, split.Images)
}

// finishFigure draws the rows of a figure, writes its files and its record, and prints it.
func (a *app) finishFigure(w *inside.Writer, s inside.Subject, rows []sheet.Row, title, caption string, images dcgan.Images) error {
	img, err := sheet.DrawRows(rows, sheet.RowOptions{Title: title, Note: []string{w.Result.Says}})
	if err != nil {
		return err
	}
	if err := w.Picture("", img, caption); err != nil {
		return err
	}
	if err := w.Images(images); err != nil {
		return err
	}
	if err := w.Close(s); err != nil {
		return err
	}
	return a.printFigure(s.Spec, w.Result)
}
