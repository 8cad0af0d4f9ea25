package main

import (
	"context"
	"fmt"
	"image"

	"repbench/datasets"
	"repbench/internal/raster"
	"repbench/reports/verdicts"
)

// pictures opens the data sets of --images. Cells find theirs by its hash.
func (a *app) pictures(ctx context.Context, o compareOutputs) (verdicts.Pictures, error) {
	if len(o.images) == 0 {
		return nil, nil
	}
	if o.html == "" {
		return nil, usageError{fmt.Errorf("--images means nothing without --html")}
	}
	return a.openPictures(ctx, o.images)
}

// openPictures opens data sets; nil for none.
func (a *app) openPictures(ctx context.Context, specs []string) (verdicts.Pictures, error) {
	if len(specs) == 0 {
		return nil, nil
	}
	sets := map[string]*datasets.Dataset{}
	for _, spec := range specs {
		d, err := datasets.Open(ctx, spec, a.dataOptions())
		if err != nil {
			return nil, err
		}
		sets[d.Hash] = d
	}
	return func(hash string, index int) (image.Image, string) {
		d, ok := sets[hash]
		if !ok {
			return nil, ""
		}
		return testImage(d, index)
	}, nil
}

// testImage is a test image of a set and its class; nil where there is none.
func testImage(d *datasets.Dataset, index int) (image.Image, string) {
	s, err := d.Split(datasets.Test)
	if err != nil || index < 0 || index >= s.Images.N {
		return nil, ""
	}
	class := ""
	if index < len(s.Labels) && int(s.Labels[index]) < len(d.Classes) {
		class = d.Classes[s.Labels[index]]
	}
	return raster.Picture(s.Images.At(index), s.Images.H, s.Images.W, s.Images.C), class
}
