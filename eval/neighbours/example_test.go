package neighbours_test

import (
	"context"
	"fmt"

	"repbench/eval/neighbours"
	"repbench/features/matrix"
)

func ExampleSearch() {
	ctx := context.Background()
	train, err := matrix.New([]float32{0, 0, 3, 4, 0, 1}, 3, 2)
	if err != nil {
		panic(err)
	}
	queries, err := matrix.New([]float32{0, 0, 3, 3}, 2, 2)
	if err != nil {
		panic(err)
	}
	near, err := neighbours.Search(ctx, train, queries, 2, neighbours.Metric{Kind: neighbours.Euclidean}, neighbours.Options{})
	if err != nil {
		panic(err)
	}
	for i, n := range near {
		fmt.Printf("query %d: row %d at distance %.3f\n", i/2, n.Row, -n.Similarity)
	}
	// Output:
	// query 0: row 0 at distance 0.000
	// query 0: row 2 at distance 1.000
	// query 1: row 1 at distance 1.000
	// query 1: row 2 at distance 3.606
}
