package engine

import (
	"slices"
	"unsafe"

	"github.com/gomlx/compute"

	"repbench/backends/cpu/internal/strided"
)

// A concatenation along the last axis need not copy its operands: the step that computes an
// operand writes it into the columns of the result that it fills. Steps that need the operand read
// it there, or get a dense copy if they cannot. If the operands of a concatenation already lie side
// by side in a longer one, it needs no step at all: in DenseNet each layer reads the results of all
// layers before it. An operand must follow a convolution with constant weights, so that trainings
// add in the same order as before.

// located is where the elements of an array lie: rows of the last axis, width floats from one to
// the next, from the element at on.
type located struct {
	value     *value
	at, width int
}

func (l located) floats(f *frame) []float32 { return f.floats(l.value)[l.at:] }

func (l located) pointer(f *frame) unsafe.Pointer { return unsafe.Add(f.pointer(l.value), 4*l.at) }

// located returns where n lies. It emits the steps that compute n, if they do not exist yet.
func (c *compiler) located(n *Node) (located, error) {
	if p, ok := c.parts[n]; ok {
		return p, c.emit(n)
	}
	v, err := c.value(n)
	return located{value: v, width: columns(n)}, err
}

// destination returns where n is to be written.
func (c *compiler) destination(n *Node) located {
	if p, ok := c.parts[n]; ok {
		return p
	}
	return located{value: c.newValue(n, inArena), width: columns(n)}
}

// columns returns the length of the last axis.
func columns(n *Node) int {
	if r := n.shape.Rank(); r > 0 {
		return n.shape.Dimensions[r-1]
	}
	return 1
}

// stretched returns the strides of a dense array whose rows are then width apart; false if an
// axis would cross from one row to the next.
func stretched(strides, dims []int, columns, width int) ([]int, bool) {
	if columns == width {
		return strides, true
	}
	out, within := make([]int, len(strides)), 0
	for i, s := range strides {
		switch {
		case s == 0 || dims[i] == 1:
		case s%columns == 0:
			out[i] = s / columns * width
		default:
			within += s * (dims[i] - 1)
			out[i] = s
		}
	}
	return out, within < columns
}

// dense emits a copy of a part.
func (c *compiler) dense(n *Node, p located) *value {
	dims := n.shape.Dimensions
	strides, _ := stretched(view(n.shape).Strides, dims, columns(n), p.width)
	dst := c.newValue(n, inArena)
	c.copyStep("part", dst, p.value, strided.Plan(dims, strided.Dense(dims), strided.Layout{Offset: p.at, Strides: strides}, 4))
	return dst
}

// concatenations decides which values are parts, from the last concatenation to the first, so
// that a value that several of them hold is part of the longest.
func (c *compiler) concatenations(live []*Op) {
	for _, op := range slices.Backward(live) {
		if !c.joins(op) {
			continue
		}
		out := op.outputs[0]
		whole, part := c.parts[out]
		if !part {
			if p, ok := c.sideBySide(op); ok {
				c.parts[out] = p
				continue
			}
			whole.width = columns(out)
			if !slices.ContainsFunc(op.inputs, c.followsConvolution) {
				continue
			}
		}
		for _, n := range op.inputs {
			if _, ok := c.parts[n]; !ok && c.writesParts(n) {
				if whole.value == nil {
					whole.value = c.scratch(size(out.shape))
					c.wholes[out] = whole.value
				}
				c.parts[n] = whole
			}
			whole.at += columns(n)
		}
	}
}

// followsConvolution reports whether a convolution with constant weights, in the direct form,
// computes n, perhaps with an epilogue, or an operand of the concatenation n.
func (c *compiler) followsConvolution(n *Node) bool {
	if g := c.groups[n]; g != nil {
		return g.host != nil && c.convolvesDirectly(g.host)
	}
	if n.op.kind == compute.OpTypeConcatenate {
		return slices.ContainsFunc(n.op.inputs, c.followsConvolution)
	}
	return c.convolvesDirectly(n)
}

// joins reports whether op is a concatenation along the last axis whose operands may be parts.
func (c *compiler) joins(op *Op) bool {
	if op.kind != compute.OpTypeConcatenate || !allFloat32(op.outputs...) || c.folded[op.outputs[0]] != nil {
		return false
	}
	out := op.outputs[0]
	return op.args[0].(int) == out.shape.Rank()-1 && out.shape.Size() > 0 && out.shape.Size() > columns(out)
}

// sideBySide returns where the operands of a concatenation lie, if they are parts that follow one
// another.
func (c *compiler) sideBySide(op *Op) (located, bool) {
	first, ok := c.parts[op.inputs[0]]
	at := first.at
	for _, n := range op.inputs {
		p, part := c.parts[n]
		if ok = ok && part && p.value == first.value && p.at == at; !ok {
			return located{}, false
		}
		at += columns(n)
	}
	return first, true
}

// writesParts reports whether the step that computes n can write it as a part.
func (c *compiler) writesParts(n *Node) bool {
	if _, folded := c.folded[n]; folded || c.values[n] != nil || columns(n) < 2 || !allFloat32(n) {
		return false
	}
	if g := c.groups[n]; g != nil {
		return !reduces(n) && slices.Equal(squeezed(n.shape), g.dims) && (g.host == nil || g.placed() != n || c.convolvesDirectly(g.host))
	}
	switch n.op.kind {
	case compute.OpTypeConcatenate:
		return c.joins(n.op)
	case compute.OpTypeConvGeneral:
		return c.hosts[n] == nil && c.convolvesDirectly(n)
	case compute.OpTypeReduceWindow:
		plan, _ := c.windowPlan(n.op)
		return plan != nil && plan.Apart()
	}
	return false
}

// placed returns the value whose memory the result of the group's host shares, or nil.
func (g *group) placed() *Node {
	for _, r := range g.roots {
		if allFloat32(r) {
			return r
		}
	}
	return nil
}
