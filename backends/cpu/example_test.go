package cpu_test

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"

	_ "repbench/backends/cpu"
)

// Open the backend by name, with two threads, and compute a sum of squares.
func Example() {
	backend, err := compute.NewWithConfig("cpu:threads=2")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer backend.Finalize()
	y := graph.MustExecOnce(backend, func(x *graph.Node) *graph.Node {
		return graph.ReduceAllSum(graph.Mul(x, x))
	}, []float32{1, 2, 3})
	fmt.Println(y.Value())
	// Output: 14
}
