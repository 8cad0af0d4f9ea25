package explore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"repbench/internal/errkind"
	"repbench/vis/forget"
	"repbench/vis/latent"
)

// forgetRequest says where the object is, and how its maps are found. Maps are dropped instead of
// those with a positive weight when the figure is scored; nil: those are.
type forgetRequest struct {
	Boxes []forget.Box `json:"boxes"`
	Layer string       `json:"layer"`
	C     float64      `json:"c"`
	Maps  []int        `json:"maps,omitempty"`
}

// mapsAnswer lists the maps with a positive weight, the largest weight first.
type mapsAnswer struct {
	Maps    []weighted `json:"maps"`
	Of      int        `json:"of"`      // maps of the layer
	Inside  int        `json:"inside"`  // cells
	Outside int        `json:"outside"` // cells
	Command string     `json:"command"`
}

// weighted is a map with its weight.
type weighted struct {
	Map    int     `json:"map"`
	Weight float64 `json:"weight"`
}

// dropperOf opens a hidden layer for drops. The last one stays open.
func (e *Explorer) dropperOf(layer string) (*forget.Dropper, error) {
	i, err := forget.ParseLayer(e.o.Generator.Model.Arch, layer)
	if err != nil {
		return nil, err
	}
	if e.dropper != nil && e.layer == i {
		return e.dropper, nil
	}
	d, err := forget.NewDropper(e.o.Generator, i, forget.Kept)
	if err != nil {
		return nil, err
	}
	if e.dropper != nil {
		e.dropper.Close()
	}
	e.dropper, e.layer = d, i
	return d, nil
}

// images is the number of images that a figure of these boxes is about: all up to the last one
// that has a box.
func (in forgetRequest) images() int {
	n := 2 // the least that a command draws
	for _, b := range in.Boxes {
		n = max(n, b.Image+1)
	}
	return n
}

// findMaps handles api/forget/maps. Only images that have a box are generated.
func (e *Explorer) findMaps(ctx context.Context, in forgetRequest) (mapsAnswer, error) {
	var out mapsAnswer
	a := e.o.Generator.Model.Arch
	if err := forget.CheckBoxes(in.Boxes, e.o.Pool.N, a.ImageSize); err != nil {
		return out, err
	}
	if err := forget.CheckC(in.C); err != nil {
		return out, errkind.Errorf(errChoice, "%w", err)
	}
	d, err := e.dropperOf(in.Layer)
	if err != nil {
		return out, err
	}
	cells, err := forget.Cells(in.Boxes, forget.Grid{Images: in.images(), Size: a.ImageSize, Cells: d.Side()}, forget.Outside, e.o.Seed)
	if err != nil {
		return out, err
	}
	fit, err := e.fit(ctx, d, cells, in.C)
	if err != nil {
		return out, err
	}
	for _, k := range fit.Positive() {
		out.Maps = append(out.Maps, weighted{k, fit.Weights[k]})
	}
	if len(out.Maps) == 0 {
		return out, fmt.Errorf("%w at C = %g: use a greater C, another layer, or more boxes", forget.ErrNoMap, in.C)
	}
	slices.SortStableFunc(out.Maps, func(a, b weighted) int { return cmp.Compare(b.Weight, a.Weight) })
	for _, inside := range forget.Labels(cells) {
		if inside {
			out.Inside++
		}
	}
	out.Of, out.Outside, out.Command = d.Maps(), len(cells)-out.Inside, e.forgetCommand(in)
	return out, nil
}

// fit separates the cells by the activations of the layer in the images that they lie in.
func (e *Explorer) fit(ctx context.Context, d *forget.Dropper, cells []forget.Cell, c float64) (forget.Regression, error) {
	var images []int
	for i, cell := range cells { // in the order of images, each of which is generated once
		if len(images) == 0 || images[len(images)-1] != cell.Image {
			images = append(images, cell.Image)
		}
		cells[i].Image = len(images) - 1
	}
	z, err := e.o.Pool.Take(images)
	if err != nil {
		return forget.Regression{}, err
	}
	_, hidden, err := d.Original(ctx, z, len(images))
	if err != nil {
		return forget.Regression{}, err
	}
	return forget.Fit(forget.Rows(hidden, d.Side(), d.Maps(), cells), forget.Labels(cells), c)
}

// scoreForget handles api/forget/score: the figure with its control.
func (e *Explorer) scoreForget(ctx context.Context, in forgetRequest) (figure, error) {
	var f figure
	a := e.o.Generator.Model.Arch
	if err := forget.CheckBoxes(in.Boxes, e.o.Pool.N, a.ImageSize); err != nil {
		return f, err
	}
	layer, err := forget.ParseLayer(a, in.Layer)
	if err != nil {
		return f, err
	}
	if in.Maps != nil {
		if err := forget.CheckMaps(in.Maps, a.HiddenLayers()[layer].Maps); err != nil {
			return f, err
		}
	}
	if err := forget.CheckC(in.C); err != nil {
		return f, errkind.Errorf(errChoice, "%w", err)
	}
	reader, err := e.readerOf(ctx)
	if err != nil {
		return f, err
	}
	n := in.images()
	out, err := forget.Run(ctx, e.o.Generator, e.o.Pool.Z[:n*e.o.Pool.Dim], n,
		forget.Options{Layer: layer, C: in.C, Maps: in.Maps, Seed: e.o.Seed, Boxes: in.Boxes, Reader: reader, Progress: e.progress})
	if err != nil {
		return f, err
	}
	rows, err := out.Rows()
	if err != nil {
		return f, err
	}
	return newFigure(out.Result, rows, e.forgetCommand(in))
}

// forgetCommand is the command of a figure of boxes.
func (e *Explorer) forgetCommand(in forgetRequest) string {
	file := e.o.Boxes
	if file == "" {
		file = "boxes.json"
	}
	args := []string{"--boxes", file, "--layer", in.Layer, "--C", strconv.FormatFloat(in.C, 'g', -1, 64)}
	if e.o.Command.Z == "" {
		args = append(args, "--n", strconv.Itoa(in.images()))
	}
	if in.Maps != nil {
		args = append(args, "--maps", latent.List(in.Maps))
	}
	return e.o.Command.line("forget", 0, append(args, "--out", "forget.png")...)
}

// readerOf opens what finds the second object; nil for models of other sets.
func (e *Explorer) readerOf(ctx context.Context) (forget.Reader, error) {
	if e.reader != nil || e.o.Reader == nil {
		return e.reader, nil
	}
	r, err := e.o.Reader(ctx, e.progress)
	if err == nil {
		e.reader = r
	}
	return r, err
}
