package quality_test

import (
	"context"
	"fmt"
	"log"

	"repbench/eval/quality"
	"repbench/features/matrix"
)

func ExampleKID() {
	real := matrix.View{Data: []float32{0, 1, 2, 3}, N: 4, D: 1}
	generated := matrix.View{Data: []float32{1, 2, 3, 4}, N: 4, D: 1}
	v, err := quality.KID(context.Background(), real, generated, quality.KIDOptions{}, quality.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", v.Value)
	// Output: 21.67
}

func ExampleRun() {
	real := matrix.View{Data: []float32{0, 1, 2, 3, 4, 5, 6, 7}, N: 8, D: 1}
	in := quality.Inputs{Real: real, Generated: real.Rows(0, 4)}
	r, err := quality.Run(context.Background(), in, quality.Settings{Metrics: []string{quality.NameRecall}, K: 2}, quality.Options{})
	if err != nil {
		log.Fatal(err)
	}
	n := r.Metrics[quality.NameRecall]
	fmt.Printf("recall %.2f, floor %.2f (%s)\n", n.Value, *n.Floor, n.Convention)
	// Output: recall 0.62, floor 1.00 (k = 2, without the row itself, distance < radius)
}
