package engine

import (
	"github.com/gomlx/compute"

	"repbench/backends/cpu/internal/window"
)

var windowOps = map[compute.ReduceOpType]window.Op{
	compute.ReduceOpMax: window.Max, compute.ReduceOpMin: window.Min,
	compute.ReduceOpSum: window.Sum, compute.ReduceOpProduct: window.Product,
}

// lowerReduceWindow lowers ReduceWindow in float32.
func lowerReduceWindow(c *compiler, op *Op) (bool, error) {
	x, y := op.inputs[0], op.outputs[0]
	reduce, ok := windowOps[op.args[0].(compute.ReduceOpType)]
	if !ok || !allFloat32(x, y) {
		return false, nil
	}
	plan, err := window.NewPlan(reduce, window.Window{
		Dims: x.shape.Dimensions, Size: op.args[1].([]int), Strides: op.args[2].([]int),
		InputDilations: op.args[3].([]int), WindowDilations: op.args[4].([]int), Padding: op.args[5].([][2]int),
	})
	if err != nil {
		return false, nil
	}
	src, err := c.value(x)
	if err != nil {
		return false, err
	}
	dst := c.newValue(y, inArena)
	c.do(step{name: "ReduceWindow", reads: []*value{src}, writes: []*value{dst}, run: func(f *frame) error {
		plan.Run(f.backend.pool, f.floats(dst), f.floats(src))
		return nil
	}})
	return true, nil
}
