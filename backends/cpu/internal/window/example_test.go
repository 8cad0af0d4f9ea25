package window_test

import (
	"fmt"

	"repbench/backends/cpu/internal/pool"
	"repbench/backends/cpu/internal/window"
)

// Max-pooling of one image of 2×4 pixels and one channel.
func ExamplePlan_Run() {
	p, err := window.NewPlan(window.Max, window.Window{Dims: []int{1, 2, 4, 1}, Size: []int{1, 2, 2, 1}, Strides: []int{1, 2, 2, 1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	threads := pool.New(0)
	defer threads.Close()
	dst := make([]float32, 2)
	p.Run(threads, dst, []float32{1, 2, 3, 4, 8, 7, 6, 5})
	fmt.Println(p.OutputDims(), dst)
	// Output: [1 1 2 1] [8 6]
}
