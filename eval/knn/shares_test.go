package knn

import (
	"context"
	"slices"
	"testing"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/measure"
)

// Seven classes on a line, one training row each: a query is found among the first five if its class is
// one of the five nearest rows, and with k = 3 if it is one of three, as others get no vote.
func TestShares(t *testing.T) {
	x, y := []float32{0, 1, 2, 3, 4, 5, 6}, []int32{0, 1, 2, 3, 4, 5, 6}
	train, err := matrix.New(x, 7, 1)
	if err != nil {
		t.Fatal(err)
	}
	queries := []float32{0.1, 0.1, 0.1, 5.9} // nearest: 0 1 2 3 4 5 6, three times, and 6 5 4 3 2 1 0
	truth := []int32{0, 4, 6, 1}             // places 1, 5, 7, 6
	test, err := matrix.New(slices.Clone(queries), 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		k    int
		want float64
	}{{7, 0.5}, {3, 0.25}, {1, 0.25}} {
		r, err := Classify(context.Background(), Options{Rule: Rule{K: []int{tt.k}, Metric: neighbours.Metric{Kind: neighbours.Euclidean}, Votes: Inverse}, Train: eval.ForFitting(matrix.Labelled{X: train, Y: y}), Test: eval.ForReport(matrix.Labelled{X: test, Y: truth})})
		if err != nil {
			t.Fatal(err)
		}
		if r.Top5 == nil || *r.Top5 != tt.want {
			t.Errorf("k = %d: top-5 %v, want %g", tt.k, r.Top5, tt.want)
		}
		if *r.ClassMean != 0.25 { // of the classes 0, 1, 4 and 6 the first is right
			t.Errorf("k = %d: mean per class %g", tt.k, *r.ClassMean)
		}
		names := ""
		for _, m := range r.Measurements() {
			names += m.Name + " "
		}
		if want := measure.TestAccuracy + " " + measure.Top5Accuracy + " " + measure.MeanClassAccuracy + " "; names != want {
			t.Errorf("measurements %s, want %s", names, want)
		}
	}
}
