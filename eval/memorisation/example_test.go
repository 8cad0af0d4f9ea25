package memorisation_test

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
)

// Three generated images beside 40 held-out ones: the first is a copy of training image 7.
func Example() {
	near := nearest.Near{K: 2, Rows: []int32{7, 3, 1, 9, 4, 2}, Distances: []float64{0.5, 10, 8, 10, 9.5, 10}}
	null := nearest.Scored{Values: make([]float64, 40)}
	for i := range null.Values {
		null.Values[i] = 0.6 + float64(i)/100
	}
	scored, err := nearest.Scores(nearest.Ratio, near, nearest.TrainNear{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := pvalues.PValues(null.Values, scored.Values)
	found := pvalues.BenjaminiHochberg(p, 0.1)
	for _, i := range found.Selected {
		row, _ := near.Nearest(i)
		fmt.Printf("image %d, training row %d: score %.2f, p %.3f\n", i, row, scored.Values[i], p[i])
	}
	// Output: image 0, training row 7: score 0.05, p 0.024
}

// Images of the built-in set, of which the generator has copied the first ten.
func ExampleRun() {
	ctx := context.Background()
	ds, err := datasets.Open(ctx, "shapes:size=16,train=60,test=250", datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	set := func(name string, split, lo, hi int) memorisation.Set {
		return memorisation.Set{Name: name, Images: ds.Splits[split].Images.Slice(lo, hi)}
	}
	train, heldOut, generated := set("train", 0, 0, 60), set("test", 1, 0, 200), set("generated", 1, 200, 250)
	copied := ds.Splits[0].Images.Slice(0, 10)
	generated.Images.Data = append(append([]uint8{}, copied.Data...), generated.Images.Data[len(copied.Data):]...)
	in := memorisation.Inputs{Generated: generated, Train: train, HeldOut: heldOut}
	result, err := memorisation.Run(ctx, in, memorisation.Options{Control: 20, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Verdict.Finding, len(result.Flagged), "of", result.Generated)
	fmt.Printf("mirrored copies: %.0f %% detected\n", 100*result.Controls["mirror"].Detected)
	// Output:
	// copies 10 of 50
	// mirrored copies: 100 % detected
}
