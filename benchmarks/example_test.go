package benchmarks_test

import (
	"context"
	"fmt"
	"os"

	"repbench/benchmarks"
	"repbench/datasets/catalog"
	"repbench/eval"
)

// From an encoder and a data set to a stored record: the accuracy of a linear SVM on
// the pixels of the built-in set.
func Example() {
	cache, err := os.MkdirTemp("", "cache")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(cache)
	cell := benchmarks.Cell{
		Source:   benchmarks.Source{Encoder: "pixels", Data: "shapes:train=500,test=200"},
		Protocol: benchmarks.Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-4}, Seed: 1}},
	}
	out, err := benchmarks.Run(context.Background(), cell, benchmarks.Machine{Catalog: catalog.Options{CacheDir: cache}})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := out.Records[0].Result.(*eval.LinearResult)
	fmt.Printf("%s, above chance: %v - selected on %s - reported on %s\n", out.Title, r.TestCI95[0] > 0.1, r.SelectedOn, r.ReportedOn)
	_, err = os.Stat(out.Stored)
	fmt.Println("stored:", err == nil)
	// Output:
	// pixels on shapes, above chance: true - selected on none (fixed C) - reported on test
	// stored: true
}
