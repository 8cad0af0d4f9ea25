package strided_test

import (
	"fmt"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
	"repbench/backends/cpu/internal/strided"
)

// Transpose a matrix of 2×3.
func ExampleCopy_Run() {
	src, dst := []float32{1, 2, 3, 4, 5, 6}, make([]float32, 6)
	dims := []int{3, 2}
	turned := []int{1, 3}
	c := strided.Plan(dims, strided.Dense(dims), strided.Layout{Strides: turned}, 4)
	threads := pool.New(0)
	defer threads.Close()
	c.Run(threads, unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0]))
	fmt.Println(dst)
	// Output: [1 4 2 5 3 6]
}
