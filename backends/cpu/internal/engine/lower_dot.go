package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"

	"repbench/backends/cpu/internal/conv"
	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/strided"
)

// factor is an operand of a product with batch·outer·inner elements: the inner axes are summed
// over, the outer axes remain.
type factor struct {
	value               *value
	batch, outer, inner int
	// strides of the three kinds of axes; outerStride or innerStride is 1
	batchStride, outerStride, innerStride int
	// offsets are where the elements of each place in the batch begin; nil if they follow
	// batchStride.
	offsets []int
}

// at returns the elements from place i in the batch on.
func (f factor) at(data []float32, i int) []float32 {
	if f.offsets != nil {
		return data[f.offsets[i]:]
	}
	return tail(data, i*f.batchStride)
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
	if done, err := c.constantDot(a, op); done || err != nil {
		return done, err
	}
	b, err := c.factor(w, op.args[3].([]int), op.args[2].([]int))
	if err != nil {
		return false, err
	}
	dst := c.hosted(y)
	c.do(step{name: dst.name("DotGeneral"), reads: append([]*value{a.value, b.value}, dst.reads()...), writes: dst.writes(), run: func(f *frame) error {
		m, done := f.backend.multiplier, dst.done(f)
		out, as, bs := f.floats(dst.value), f.floats(a.value), f.floats(b.value)
		m.Batch(a.batch, func(i int) ([]float32, matmul.Matrix, matmul.Matrix, func(row, end, col, cols int)) {
			left := matmul.Matrix{Data: a.at(as, i), Rows: a.outer, Cols: a.inner, RowStride: a.outerStride, ColStride: a.innerStride}
			right := matmul.Matrix{Data: b.at(bs, i), Rows: b.inner, Cols: b.outer, RowStride: b.innerStride, ColStride: b.outerStride}
			return tail(out, i*a.outer*b.outer), left, right, shifted(done, i*a.outer)
		})
		return nil
	}})
	return true, nil
}

// constantDot lowers a product with a constant right operand, which is packed by load. It returns
// false, without emitting steps, for forms of operands that it does not cover.
func (c *compiler) constantDot(a factor, op *Op) (bool, error) {
	w := op.inputs[1]
	if _, ok := c.folded[w]; !ok || a.batch != 1 || a.offsets != nil || a.innerStride != 1 || a.outer*a.inner == 0 {
		return false, nil
	}
	b, ok := layout(w.shape, op.args[3].([]int), op.args[2].([]int))
	if !ok || b.outer == 0 || matmul.Skinny(a.outer, a.inner, b.outer) {
		return false, nil
	}
	if k := w.op.constant; k != nil && k.stored != nil && !slices.Equal(k.stored.strides, view(w.shape).Strides) {
		if _, _, err := c.constant(w); err != nil { // the axes that are summed over may lie apart
			return false, err
		}
	}
	right := matmul.Matrix{Rows: b.inner, Cols: b.outer, RowStride: b.innerStride, ColStride: b.outerStride}
	plan, err := conv.NewDense(a.outer, a.inner, a.outerStride, right, c.program.backend.multiplier.Tile())
	if err != nil {
		return false, nil
	}
	strides := conv.Strides{Batch: right.RowStride, Channels: right.ColStride}
	src, _ := c.source(w, strides, func([]int) conv.Strides { return strides })
	return true, c.packedStep("DotGeneral", plan, c.hosted(op.outputs[0]), located{value: a.value}, src)
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
	if base, l := c.viewOf(n); base != n {
		if f, ok := viewedFactor(n.shape, l, batch, inner); ok {
			v, err := c.value(base)
			f.value = v
			return f, err
		}
	}
	v, err := c.value(n)
	if err != nil {
		return factor{}, err
	}
	f, ok := layout(n.shape, batch, inner)
	f.value = v
	if ok {
		return f, nil
	}
	f.value = c.permute(v, n.shape, slices.Concat(batch, outerAxes(n.shape, batch, inner), inner))
	f.batchStride, f.outerStride, f.innerStride = f.outer*f.inner, f.inner, 1
	return f, nil
}

// viewedFactor describes a view as a factor without its value; false if it has no rows or columns
// of contiguous elements.
func viewedFactor(s shapes.Shape, l strided.Layout, batch, inner []int) (factor, bool) {
	outer := outerAxes(s, batch, inner)
	f := factor{batch: sizeOf(s, batch), outer: sizeOf(s, outer), inner: sizeOf(s, inner), offsets: []int{l.Offset}}
	var ok [2]bool
	f.outerStride, ok[0] = jointly(s.Dimensions, l.Strides, outer)
	f.innerStride, ok[1] = jointly(s.Dimensions, l.Strides, inner)
	if f.outer < 2 || f.inner < 2 || !ok[0] || !ok[1] || f.outerStride != 1 && f.innerStride != 1 {
		return f, false
	}
	for _, a := range batch {
		var all []int
		for _, at := range f.offsets {
			for i := range s.Dimensions[a] {
				all = append(all, at+i*l.Strides[a])
			}
		}
		f.offsets = all
	}
	return f, true
}

// layout describes an operand as a factor without its value; false if its axes have another
// order in memory.
func layout(s shapes.Shape, batch, inner []int) (factor, bool) {
	outer := outerAxes(s, batch, inner)
	f := factor{batch: sizeOf(s, batch), outer: sizeOf(s, outer), inner: sizeOf(s, inner)}
	var ok [3]bool
	f.batchStride, ok[0] = joint(s, batch)
	f.outerStride, ok[1] = joint(s, outer)
	f.innerStride, ok[2] = joint(s, inner)
	if f.inner == 1 && f.outerStride != 1 {
		f.innerStride = 1
	} else if f.outer == 1 && f.innerStride != 1 {
		f.outerStride = 1
	}
	return f, ok == [3]bool{true, true, true} && (f.outerStride == 1 || f.innerStride == 1)
}

// outerAxes returns the axes that remain.
func outerAxes(s shapes.Shape, batch, inner []int) []int {
	var outer []int
	for axis := range s.Rank() {
		if !slices.Contains(batch, axis) && !slices.Contains(inner, axis) {
			outer = append(outer, axis)
		}
	}
	return outer
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
	return jointly(s.Dimensions, view(s).Strides, axes)
}

// jointly is joint for axes of any strides.
func jointly(dims, strides, axes []int) (int, bool) {
	step, length := 0, 1
	for i := len(axes) - 1; i >= 0; i-- {
		n := dims[axes[i]]
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
