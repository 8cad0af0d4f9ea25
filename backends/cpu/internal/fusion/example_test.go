package fusion_test

import (
	"fmt"
	"unsafe"

	"repbench/backends/cpu/internal/fusion"
	"repbench/backends/cpu/internal/pool"
)

// y = max(x·scale, 0), and the sums of y per channel for the three channels of x [2, 3].
func ExampleKernel_Run() {
	p := fusion.Program{
		Dims: []int{2, 3},
		Inputs: []fusion.Input{
			{Type: fusion.Float32, Strides: []int{3, 1}},
			{Type: fusion.Float32, Strides: []int{0, 1}},
		},
		Instrs: []fusion.Instr{
			{Op: fusion.Mul, Args: [3]int{0, 1}}, // value 2
			{Op: fusion.Const, Value: 0},         // value 3
			{Op: fusion.Max, Args: [3]int{2, 3}}, // value 4
		},
		Outputs: []fusion.Output{
			{Value: 4, Type: fusion.Float32},
			{Value: 4, Type: fusion.Float32, Reduce: fusion.ReduceSum, Axes: []int{0}},
		},
	}
	k, err := fusion.Compile(p)
	if err != nil {
		fmt.Println(err)
		return
	}
	threads := pool.New(0)
	defer threads.Close()
	x, scale := []float32{1, 2, 3, 4, 5, 6}, []float32{1, 10, -1}
	y, sums := make([]float32, 6), make([]float32, 3)
	at := func(v []float32) unsafe.Pointer { return unsafe.Pointer(&v[0]) }
	k.Run(threads, []unsafe.Pointer{at(x), at(scale)}, []unsafe.Pointer{at(y), at(sums)})
	fmt.Println(y, sums)
	// Output: [1 20 0 4 50 0] [5 70 0]
}
