package quality_test

import (
	"context"
	"fmt"
	"log"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

func ExampleRun() {
	real := matrix.View{Data: []float32{0, 1, 2, 3, 4, 5, 6, 7}, N: 8, D: 1}
	in := quality.Inputs{Real: real, Generated: real.Rows(0, 4)}
	r, err := quality.Run(context.Background(), in, quality.Settings{Metrics: []string{metric.NameRecall}, K: 2}, metric.Options{})
	if err != nil {
		log.Fatal(err)
	}
	n := r.Metrics[metric.NameRecall]
	fmt.Printf("recall %.2f, floor %.2f (%s)\n", n.Value, *n.Floor, n.Convention)
	// Output: recall 0.62, floor 1.00 (k = 2, without the row itself, distance < radius)
}
