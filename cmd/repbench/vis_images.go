package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/train/dcgan"
	"repbench/vis"
)

// shownImages opens what --images names: a NumPy file, of which all images are taken, or a data
// set, of which n of the test images are drawn (of the validation or training images where there
// are no others). ds is nil for a file.
func (a *app) shownImages(ctx context.Context, text string, arch dcgan.Arch, n int) (inside.Images, *datasets.Dataset, error) {
	if filepath.Ext(text) == ".npy" {
		im, err := inside.ReadImages(text)
		if err != nil {
			return im, nil, fmt.Errorf("--images: %w", err)
		}
		im.Name = filepath.Base(text)
		return im, nil, arch.CheckShown(text, im.Bytes)
	}
	if info, err := os.Stat(text); err == nil && !strings.Contains(text, ":") {
		kind := "folder:" + text
		if !info.IsDir() {
			return inside.Images{}, nil, usageError{fmt.Errorf("--images %s: a file of images is a NumPy file, NAME.npy; one picture goes into a folder of its own, which is given as folder:PATH", text)}
		}
		return inside.Images{}, nil, usageError{fmt.Errorf("--images %s is a folder; give it as %s, or prepared:%s if \"repbench data prepare\" wrote it", text, kind, text)}
	}
	ds, err := a.openFor(ctx, arch, text)
	if err != nil {
		return inside.Images{}, nil, err
	}
	split, err := heldOut(ds)
	if err != nil {
		split, err = ds.Split(datasets.Train)
	}
	if err != nil {
		return inside.Images{}, nil, err
	}
	return inside.Some(ds.Name, split, n, a.seed), ds, nil
}

// setInputs adds the settings of the options that say which images a figure is of.
func setInputs(r *vis.Result, images, data string, n int, seed uint64) {
	if images != "" {
		r.Set("images", images)
	}
	if data != "" {
		r.Set("data", data)
	}
	if filepath.Ext(images) != ".npy" {
		r.Set("n", n)
	}
	r.Set("seed", seed)
}

// heldOut is the test split of a data set, or its validation split.
func heldOut(ds *datasets.Dataset) (*datasets.Split, error) {
	split, err := ds.Split(datasets.Test)
	if err != nil {
		return ds.Split(datasets.Valid)
	}
	return split, nil
}

// openFor opens a data set at the size of the images of an architecture.
func (a *app) openFor(ctx context.Context, arch dcgan.Arch, spec string) (*datasets.Dataset, error) {
	o := a.dataOptions()
	o.Size = arch.ImageSize
	ds, err := a.openData(ctx, spec, o)
	if err != nil {
		return nil, err
	}
	for _, split := range ds.Splits {
		if err := arch.CheckShown(ds.Name, split.Images); err != nil {
			return nil, err
		}
	}
	return ds, nil
}
