package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"repbench/backends/cpu/internal/matmul"
)

// factor is an operand of a product with batch·outer·inner elements: the inner axes are summed
// over, the outer axes remain.
type factor struct {
	value               *value
	batch, outer, inner int
	// strides of the three kinds of axes; outerStride or innerStride is 1
	batchStride, outerStride, innerStride int
}

// lowerDot lowers DotGeneral in float32.
func lowerDot(c *compiler, op *Op) (bool, error) {
	x, w, y := op.inputs[0], op.inputs[1], op.outputs[0]
	config := op.args[4].(compute.DotGeneralConfig)
	if !allFloat32(x, w, y) || (config.AccumulatorDType != dtypes.InvalidDType && config.AccumulatorDType != dtypes.Float32) {
		return false, nil
	}
	a, err := c.factor(x, op.args[1].([]int), op.args[0].([]int))
	if err != nil {
		return false, err
	}
	b, err := c.factor(w, op.args[3].([]int), op.args[2].([]int))
	if err != nil {
		return false, err
	}
	dst := c.hosted(y)
	c.do(step{name: dst.name("DotGeneral"), reads: append([]*value{a.value, b.value}, dst.reads()...), writes: dst.writes(), run: func(f *frame) error {
		m, done := f.backend.multiplier, dst.done(f)
		out, as, bs := f.floats(dst.value), f.floats(a.value), f.floats(b.value)
		for i := range a.batch {
			left := matmul.Matrix{Data: tail(as, i*a.batchStride), Rows: a.outer, Cols: a.inner, RowStride: a.outerStride, ColStride: a.innerStride}
			right := matmul.Matrix{Data: tail(bs, i*b.batchStride), Rows: b.inner, Cols: b.outer, RowStride: b.innerStride, ColStride: b.outerStride}
			m.DenseThen(tail(out, i*a.outer*b.outer), left, right, shifted(done, i*a.outer))
		}
		return nil
	}})
	return true, nil
}

// shifted is done for rows that begin at the given one.
func shifted(done pieceDone, first int) pieceDone {
	if done == nil || first == 0 {
		return done
	}
	return func(row, end, col, cols int) { done(first+row, first+end, col, cols) }
}

// tail returns x from i on, or nothing if i is at or beyond its end.
func tail(x []float32, i int) []float32 { return x[min(i, len(x)):] }

// factor describes an operand as a factor. It copies the operand if its axes have another order
// in memory.
func (c *compiler) factor(n *Node, batch, inner []int) (factor, error) {
	v, err := c.value(n)
	if err != nil {
		return factor{}, err
	}
	var outer []int
	for axis := range n.shape.Rank() {
		if !slices.Contains(batch, axis) && !slices.Contains(inner, axis) {
			outer = append(outer, axis)
		}
	}
	f := factor{value: v, batch: sizeOf(n.shape, batch), outer: sizeOf(n.shape, outer), inner: sizeOf(n.shape, inner)}
	var ok [3]bool
	f.batchStride, ok[0] = joint(n.shape, batch)
	f.outerStride, ok[1] = joint(n.shape, outer)
	f.innerStride, ok[2] = joint(n.shape, inner)
	if f.inner == 1 && f.outerStride != 1 {
		f.innerStride = 1
	} else if f.outer == 1 && f.innerStride != 1 {
		f.outerStride = 1
	}
	if ok == [3]bool{true, true, true} && (f.outerStride == 1 || f.innerStride == 1) {
		return f, nil
	}
	f.value = c.permute(v, n.shape, slices.Concat(batch, outer, inner))
	f.batchStride, f.outerStride, f.innerStride = f.outer*f.inner, f.inner, 1
	return f, nil
}

func sizeOf(s shapes.Shape, axes []int) int {
	n := 1
	for _, a := range axes {
		n *= s.Dimensions[a]
	}
	return n
}

// joint returns the stride of axes that are walked as one axis, the last one fastest; false if
// memory is not evenly spaced on that walk.
func joint(s shapes.Shape, axes []int) (int, bool) {
	strides := view(s).Strides
	step, length := 0, 1
	for i := len(axes) - 1; i >= 0; i-- {
		n := s.Dimensions[axes[i]]
		if n == 1 {
			continue
		}
		if length == 1 {
			step = strides[axes[i]]
		} else if strides[axes[i]] != step*length {
			return 0, false
		}
		length *= n
	}
	return max(step, 1), true
}
