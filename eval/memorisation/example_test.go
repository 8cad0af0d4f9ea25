package memorisation_test

import (
	"fmt"

	"repbench/eval/memorisation"
)

// Three generated images beside 40 held-out ones: the first is a copy of training image 7.
func Example() {
	near := memorisation.Near{K: 2, Rows: []int32{7, 3, 1, 9, 4, 2}, Distances: []float64{0.5, 10, 8, 10, 9.5, 10}}
	null := memorisation.Scored{Values: make([]float64, 40)}
	for i := range null.Values {
		null.Values[i] = 0.6 + float64(i)/100
	}
	scored, err := memorisation.Scores(memorisation.Ratio, near, memorisation.TrainNear{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p := memorisation.PValues(null.Values, scored.Values)
	found := memorisation.BenjaminiHochberg(p, 0.1)
	for _, i := range found.Selected {
		row, _ := near.Nearest(i)
		fmt.Printf("image %d, training row %d: score %.2f, p %.3f\n", i, row, scored.Values[i], p[i])
	}
	// Output: image 0, training row 7: score 0.05, p 0.024
}
