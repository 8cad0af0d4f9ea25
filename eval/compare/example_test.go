package compare_test

import (
	"fmt"

	"repbench/eval/compare"
)

// A is right on 9 of 10 images, B on the first 5 of them.
func ExamplePair() {
	truth := make([]int32, 10)
	a := []int32{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	b := []int32{0, 0, 0, 0, 0, 1, 1, 1, 1, 1}
	r, err := compare.Pair(a, b, truth, compare.Bootstrap{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f, Newcombe's interval %.3f\n", r.Difference, r.Newcombe)
	fmt.Println(r.Table.OnlyA, r.Table.OnlyB, r.McNemar.Exact) // 2·2⁻⁴
	// Output:
	// 0.4, Newcombe's interval [-0.002 0.676]
	// 4 0 0.125
}
