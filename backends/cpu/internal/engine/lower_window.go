package engine

import (
	"math"
	"slices"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"repbench/backends/cpu/internal/window"
)

var windowOps = map[compute.ReduceOpType]window.Op{
	compute.ReduceOpMax: window.Max, compute.ReduceOpMin: window.Min,
	compute.ReduceOpSum: window.Sum, compute.ReduceOpProduct: window.Product,
}

// lowerReduceWindow lowers ReduceWindow in float32. Padding that does not change the result
// becomes the window's own.
func lowerReduceWindow(c *compiler, op *Op) (bool, error) {
	plan, x := c.windowPlan(op)
	if plan == nil {
		return false, nil
	}
	if !plan.Apart() {
		src, err := c.value(x)
		if err != nil {
			return false, err
		}
		dst := c.newValue(op.outputs[0], inArena)
		c.do(step{name: "ReduceWindow", reads: []*value{src}, writes: []*value{dst}, run: func(f *frame) error {
			plan.Run(f.backend.pool, f.floats(dst), f.floats(src))
			return nil
		}})
		return true, nil
	}
	src, err := c.located(x)
	if err != nil {
		return false, err
	}
	dst := c.destination(op.outputs[0])
	c.do(step{name: "ReduceWindow", reads: []*value{src.value}, writes: []*value{dst.value}, run: func(f *frame) error {
		plan.RunApart(f.backend.pool, dst.floats(f), dst.width, src.floats(f), src.width)
		return nil
	}})
	return true, nil
}

// windowPlan plans a ReduceWindow and returns the value that it reads; nil if package window does
// not cover it.
func (c *compiler) windowPlan(op *Op) (*window.Plan, *Node) {
	x, y := op.inputs[0], op.outputs[0]
	reduce, ok := windowOps[op.args[0].(compute.ReduceOpType)]
	if !ok || !allFloat32(x, y) {
		return nil, nil
	}
	w := window.Window{
		Dims: x.shape.Dimensions, Size: op.args[1].([]int), Strides: op.args[2].([]int),
		InputDilations: op.args[3].([]int), WindowDilations: op.args[4].([]int), Padding: op.args[5].([][2]int),
	}
	if c.padsWith(x, reduce) && !slices.ContainsFunc(w.InputDilations, func(d int) bool { return d != 1 }) {
		pads := make([][2]int, len(w.Dims))
		copy(pads, w.Padding)
		for i, p := range x.op.args[0].([]compute.PadAxis) {
			pads[i][0] += p.Start
			pads[i][1] += p.End
		}
		w.Padding, x = pads, x.op.inputs[0]
		w.Dims = x.shape.Dimensions
	}
	plan, err := window.NewPlan(reduce, w)
	if err != nil || !slices.Equal(plan.OutputDims(), y.shape.Dimensions) {
		return nil, nil
	}
	return plan, x
}

// padsWith reports whether x is a value between constants that leave the result of an operation
// as it is: zeros for a sum, -Inf for a maximum.
func (c *compiler) padsWith(x *Node, reduce window.Op) bool {
	if x.op.kind != compute.OpTypePad || c.folded[x] != nil {
		return false
	}
	for _, p := range x.op.args[0].([]compute.PadAxis) {
		if p.Start < 0 || p.End < 0 || p.Interior != 0 {
			return false
		}
	}
	fill := x.op.inputs[1]
	b := c.folded[fill]
	if len(b) != 4 || fill.shape.DType != dtypes.Float32 {
		return false
	}
	v := *(*float32)(unsafe.Pointer(&b[0]))
	return reduce == window.Sum && v == 0 || reduce == window.Max && math.IsInf(float64(v), -1)
}
