package knn_test

import (
	"context"
	"fmt"

	"repbench/eval"
	"repbench/eval/knn"
	"repbench/features/matrix"
)

func ExampleClassify() {
	// Two directions, two classes.
	split := func(n int, shift float32) matrix.Labelled {
		var data []float32
		var y []int32
		for i := range n {
			data = append(data, 1, shift*float32(i), shift*float32(i), 1)
			y = append(y, 0, 1)
		}
		x, err := matrix.New(data, 2*n, 2)
		if err != nil {
			panic(err)
		}
		return matrix.Labelled{X: x, Y: y}
	}
	rule, err := knn.Preset("solo")
	if err != nil {
		panic(err)
	}
	r, err := knn.Classify(context.Background(), knn.Options{
		Train: eval.ForFitting(split(20, 0.02)), Valid: eval.ForSelection(split(5, 0.01)), Test: eval.ForReport(split(10, 0.03)), Rule: rule,
	})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, k = %d: %.0f %%, selected on %s\n", r.Preset, r.K, 100*r.TestAccuracy, r.SelectedOn)
	fmt.Println(r.TestAccuracy, r.Convention)
	// Output:
	// solo, k = 20: 100 %, selected on none (fixed k)
	// 1 rows divided by their L2 norm, cosine similarity; k = 20; votes exp(similarity/T), T = 0.07; equal similarities in the order of the training rows, equal votes to the lower class index; distance_fx cosine, on normalised features
}
