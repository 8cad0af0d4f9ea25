package forget_test

import (
	"context"
	"fmt"
	"log"

	"repbench/backends"
	"repbench/vis"
	"repbench/vis/forget"
)

// The steps of a figure, with a generator of random weights and one box in each of two images.
func Example() {
	ctx := context.Background()
	backend, err := backends.Open(backends.CPU)
	if err != nil {
		log.Fatal(err)
	}
	generator, err := vis.Open(ctx, "random:svhn32,width=4", backend, vis.Options{Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	defer generator.Close()
	layer, err := forget.ParseLayer(generator.Model.Arch, "16x16")
	if err != nil {
		log.Fatal(err)
	}
	boxes := []forget.Box{{Image: 0, X0: 4, Y0: 4, X1: 12, Y1: 12}, {Image: 1, X0: 20, Y0: 8, X1: 28, Y1: 20}}
	n := 2
	z := generator.Model.Arch.Prior.DrawZ(n, generator.Model.Arch.ZDim, 1)

	d, err := forget.NewDropper(generator, layer, forget.Kept)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	before, hidden, err := d.Original(ctx, z, n)
	if err != nil {
		log.Fatal(err)
	}
	cells, err := forget.Cells(boxes, forget.Grid{Images: n, Size: before.H, Cells: d.Side()}, forget.Outside, 1)
	if err != nil {
		log.Fatal(err)
	}
	fit, err := forget.Fit(forget.Rows(hidden, d.Side(), d.Maps(), cells), forget.Labels(cells), 0.1)
	if err != nil {
		log.Fatal(err)
	}
	after, err := d.Images(ctx, z, n, fit.Positive())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(cells), "cells,", len(fit.Weights), "maps,", after.N, "images")
	// Output: 80 cells, 4 maps, 2 images
}
