package simd_test

import (
	"fmt"

	"repbench/internal/simd"
)

// Two rows times one vector, and the rows added up with these products as
// factors: a Hessian-vector product Xᵀ(Xw).
func ExamplePanel() {
	rows := [][]float32{{1, 2}, {3, 4}}
	var p simd.Panel[float64]
	p.Pack([][]float64{{1, 1}})
	z := make([]float64, len(rows)*p.Stride())
	p.Dot(z, rows)
	sums := make([]float64, p.Stride()*2)
	simd.Accumulate(sums, 2, z, rows)
	fmt.Println(z[0], z[p.Stride()], sums[:2])
	// Output: 3 7 [24 34]
}
