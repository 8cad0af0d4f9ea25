package kid_test

import (
	"context"
	"fmt"
	"log"

	"repbench/eval/quality/kid"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

func ExampleKID() {
	real := matrix.View{Data: []float32{0, 1, 2, 3}, N: 4, D: 1}
	generated := matrix.View{Data: []float32{1, 2, 3, 4}, N: 4, D: 1}
	v, err := kid.KID(context.Background(), real, generated, kid.Options{}, metric.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", v.Value)
	// Output: 21.67
}
