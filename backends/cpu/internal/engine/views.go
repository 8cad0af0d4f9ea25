package engine

import (
	"slices"

	"github.com/gomlx/compute"

	"repbench/backends/cpu/internal/strided"
)

// Products of a batch, as in attention, read their operands where they are: a chain of Transpose,
// Slice and Reshape between a value in memory and such products alone is not copied, but walked
// by strides. So is a chain before the elementwise operation that makes an operand.

// mayView lists the operations that a view may pass.
var mayView = map[compute.OpType]bool{
	compute.OpTypeTranspose: true, compute.OpTypeSlice: true, compute.OpTypeReshape: true, compute.OpTypeIdentity: true,
}

// views finds the operations whose results are read through views alone. They are emitted only if
// a step needs their value.
func (c *compiler) views(live []*Op) {
	users := map[*Node][]*Op{}
	reads := map[*Op]bool{} // operations that read operands through views
	for _, op := range live {
		for _, n := range op.operands() {
			users[n] = append(users[n], op)
		}
		if op.kind == compute.OpTypeDotGeneral && len(op.args[1].([]int)) > 0 && allFloat32(op.inputs...) {
			reads[op] = true
		}
	}
	for _, n := range c.fn.outputs {
		users[n] = append(users[n], nil)
	}
	all := func(n *Node, ok func(op *Op) bool) bool {
		return len(users[n]) > 0 && !slices.ContainsFunc(users[n], func(op *Op) bool { return op == nil || !ok(op) })
	}
	for _, op := range slices.Backward(live) {
		n := op.outputs[0]
		switch {
		case c.folded[n] != nil || !allFloat32(n):
		case mayView[op.kind]:
			c.viewed[op] = all(n, func(u *Op) bool { return reads[u] || c.viewed[u] })
		case computes(n) && c.groups[n] != nil && c.groups[n].host == nil && len(c.groups[n].roots) == 1:
			reads[op] = all(n, func(u *Op) bool { return reads[u] && u.kind == compute.OpTypeDotGeneral || c.viewed[u] })
		}
	}
}

// viewOf returns the value in memory that n is a view of, and the layout of n in it; n itself if it
// is no view.
func (c *compiler) viewOf(n *Node) (*Node, strided.Layout) {
	if !c.viewed[n.op] || c.values[n] != nil {
		return n, view(n.shape)
	}
	x := n.op.inputs[0]
	base, from := c.viewOf(x)
	to := strided.Layout{Offset: from.Offset}
	switch n.op.kind {
	case compute.OpTypeTranspose:
		to.Strides = permuteInts(from.Strides, n.op.args[0].([]int))
	case compute.OpTypeSlice:
		starts, steps := n.op.args[0].([]int), n.op.args[2].([]int)
		for i, s := range from.Strides {
			to.Offset += starts[i] * s
			if len(steps) > 0 {
				s *= steps[i]
			}
			to.Strides = append(to.Strides, s)
		}
	default:
		strides, ok := reshaped(x.shape.Dimensions, from.Strides, n.shape.Dimensions)
		if !ok {
			return n, view(n.shape)
		}
		to.Strides = strides
	}
	return base, to
}

// reshaped returns the strides of an array whose axes are split or merged; false if axes would be
// merged that are not evenly spaced.
func reshaped(from, strides, to []int) ([]int, bool) {
	var dims, steps, axes []int // without axes of one element
	for i, d := range from {
		if d != 1 {
			dims, steps = append(dims, d), append(steps, strides[i])
		}
	}
	for i, d := range to {
		if d != 1 {
			axes = append(axes, i)
		}
	}
	out := make([]int, len(to))
	for i, j := 0, 0; i < len(dims) && j < len(axes); {
		// Axes i to n-1 have as many elements as the new axes j to m-1.
		n, m, old, new := i+1, j+1, dims[i], to[axes[j]]
		for old != new {
			if old < new {
				old *= dims[n]
				n++
			} else {
				new *= to[axes[m]]
				m++
			}
		}
		for k := i; k < n-1; k++ {
			if steps[k] != dims[k+1]*steps[k+1] {
				return nil, false
			}
		}
		step := steps[n-1]
		for k := m - 1; k >= j; k-- {
			out[axes[k]] = step
			step *= to[axes[k]]
		}
		i, j = n, m
	}
	return out, true
}
