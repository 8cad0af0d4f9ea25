package quality_test

import (
	"context"
	"fmt"

	"repbench/eval/quality"
	"repbench/features/matrix"
)

func ExampleKID() {
	ctx := context.Background()
	real, err := matrix.New([]float32{0, 0, 1, 0, 0, 1, 1, 1}, 4, 2)
	if err != nil {
		panic(err)
	}
	generated, err := matrix.New([]float32{2, 2, 3, 2, 2, 3, 3, 3}, 4, 2)
	if err != nil {
		panic(err)
	}
	v, err := quality.KID(ctx, real, generated, quality.KIDOptions{}, quality.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", v.Value)
	// Output: 358.43
}
