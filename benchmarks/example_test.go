package benchmarks_test

import (
	"context"
	"fmt"
	"os"

	"repbench/benchmarks"
	"repbench/datasets"
	"repbench/features"
)

// From a data set to the accuracy of a linear SVM on its pixels.
func Example() {
	ctx := context.Background()
	ds, err := datasets.Open(ctx, "shapes:train=500,test=200", datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	enc, err := features.Open("pixels", nil, features.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer enc.Close()
	dir, err := os.MkdirTemp("", "features")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if _, err := enc.Extract(ctx, ds, dir, "go", nil); err != nil {
		fmt.Println(err)
		return
	}
	f, err := features.OpenFolder(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	r, err := benchmarks.Linear(ctx, f, benchmarks.LinearOptions{C: []float64{1e-4}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ci := r.Linear.TestCI95
	fmt.Println("above chance:", ci[0] > 0.1, "- selected on", r.Linear.SelectedOn, "- reported on", r.Linear.ReportedOn)
	// Output: above chance: true - selected on none (fixed C) - reported on test
}
