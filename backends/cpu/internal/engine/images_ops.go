package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
)

// separable reports whether op computes each image alone: whether the image's part of its result
// depends on no other image.
func (p *stage) separable(op *Op) bool {
	x, y := op.inputs[0], op.outputs[0]
	switch op.kind {
	case compute.OpTypeIdentity:
		return true
	case compute.OpTypeReshape:
		return p.divides(x)
	case compute.OpTypeTranspose:
		return op.args[0].([]int)[0] == 0
	case compute.OpTypeConcatenate:
		return op.args[0].(int) != 0 && !slices.ContainsFunc(op.inputs, func(n *Node) bool { return !p.each[n] })
	case compute.OpTypeBroadcastInDim:
		axes := op.args[1].([]int)
		return len(axes) > 0 && axes[0] == 0 && x.shape.Dimensions[0] == y.shape.Dimensions[0]
	case compute.OpTypeSlice:
		steps := op.args[2].([]int)
		return op.args[0].([]int)[0] == 0 && op.args[1].([]int)[0] == x.shape.Dimensions[0] && (len(steps) == 0 || steps[0] == 1)
	case compute.OpTypePad:
		pads := op.args[0].([]compute.PadAxis)
		return p.each[x] && p.fixed[op.inputs[1]] && (len(pads) == 0 || pads[0] == compute.PadAxis{})
	case compute.OpTypeFusedSoftmax:
		return x.shape.Rank() > 1 && op.args[0].(int) == x.shape.Rank()-1
	case compute.OpTypeReduceWindow:
		return op.args[1].([]int)[0] == 1 && y.shape.Dimensions[0] == x.shape.Dimensions[0]
	case compute.OpTypeConvGeneral:
		axes := op.args[0].(compute.ConvolveAxesConfig)
		return p.fixed[op.inputs[1]] && allFloat32(x, y) && len(axes.InputSpatial) < 3 && axes.InputBatch == 0 && axes.OutputBatch == 0 && op.args[6].(int) == 1
	case compute.OpTypeDotGeneral:
		return p.separableDot(op)
	}
	if reduces(y) {
		axes := op.args[0].([]int)
		return len(axes) > 0 && !slices.Contains(axes, 0)
	}
	return computes(y) && p.elementwise(op)
}

// separableDot is separable for products: with constant weights, or of matrices of each image.
func (p *stage) separableDot(op *Op) bool {
	w, contracting, batch := op.inputs[1], op.args[0].([]int), op.args[1].([]int)
	if p.fixed[w] {
		return allFloat32(w, op.outputs[0]) && len(batch) == 0 && !slices.Contains(contracting, 0)
	}
	other := op.args[3].([]int)
	return p.each[op.inputs[0]] && len(batch) > 0 && batch[0] == 0 && other[0] == 0
}

// elementwise reports whether the fixed operands of op are the same for all images.
func (p *stage) elementwise(op *Op) bool {
	rows := op.outputs[0].shape.Dimensions[0]
	return !slices.ContainsFunc(op.inputs, func(n *Node) bool {
		switch {
		case p.each[n]:
			return n.shape.Rank() == 0 || n.shape.Dimensions[0] != rows
		case n.shape.Rank() == 0 || n.shape.Dimensions[0] == 1:
			return false
		}
		return !p.repeats(n)
	})
}

// repeats reports whether a fixed value is the same in all rows of its first axis, as a broadcast.
func (p *stage) repeats(n *Node) bool {
	if n.op.kind != compute.OpTypeBroadcastInDim || !p.divides(n) {
		return false
	}
	i := slices.Index(n.op.args[1].([]int), 0)
	return i < 0 || n.op.inputs[0].shape.Dimensions[i] == 1
}

// make makes the function of the stage: its operations for fewer images, between those that it
// shares with f.
func (p *stage) make(f *Function, live []*Op) {
	p.fn = &Function{builder: f.builder, name: f.name + " by images", nodes: map[compute.Value]*Node{}, alone: true, shared: map[*Node]bool{}}
	copies := map[*Node]*Node{}
	for _, n := range p.roots {
		copies[n] = p.add(&Op{kind: compute.OpTypeParameter, args: []any{""}}, n)
		p.fn.parameters = append(p.fn.parameters, copies[n])
	}
	inside := map[*Op]bool{}
	for _, op := range p.ops {
		inside[op] = true
	}
	for _, op := range live {
		switch {
		case inside[op]:
			p.copyOp(op, copies)
		case p.fixed[op.outputs[0]]:
			p.fn.ops = append(p.fn.ops, op)
			continue
		default:
			for _, n := range op.operands() {
				p.fn.shared[n] = true
			}
		}
	}
	for _, n := range p.cuts {
		p.fn.outputs = append(p.fn.outputs, copies[n])
	}
}

// add appends an operation whose result is n for fewer images.
func (p *stage) add(op *Op, n *Node) *Node {
	op.fn = p.fn
	c := &Node{op: op, shape: p.fewer(n.shape)}
	op.outputs = []*Node{c}
	p.fn.ops = append(p.fn.ops, op)
	return c
}

// fewer is a shape for the images of the stage.
func (p *stage) fewer(s shapes.Shape) shapes.Shape {
	s = s.Clone()
	s.Dimensions[0] = s.Dimensions[0] / p.batch * p.images
	return s
}

// copyOp adds op for fewer images.
func (p *stage) copyOp(op *Op, copies map[*Node]*Node) {
	c := &Op{kind: op.kind, args: slices.Clone(op.args), replay: op.replay}
	for _, n := range op.inputs {
		if copies[n] == nil && computes(op.outputs[0]) && p.fixed[n] && n.shape.Rank() > 0 && n.shape.Dimensions[0] != 1 {
			copies[n] = p.add(p.broadcast(n), n)
		}
		if copies[n] != nil {
			n = copies[n]
		}
		c.inputs = append(c.inputs, n)
	}
	y := op.outputs[0]
	few := p.fewer(y.shape)
	switch op.kind {
	case compute.OpTypeReshape:
		c.args[0] = few.Dimensions
	case compute.OpTypeBroadcastInDim:
		c.args[0] = few
	case compute.OpTypeSlice:
		limits := slices.Clone(op.args[1].([]int))
		limits[0] = c.inputs[0].shape.Dimensions[0]
		c.args[1] = limits
	}
	copies[y] = p.add(c, y)
}

// broadcast is the operation of a fixed value that repeats, for fewer images.
func (p *stage) broadcast(n *Node) *Op {
	shape, axes := p.fewer(n.shape), n.op.args[1].([]int)
	return &Op{kind: n.op.kind, inputs: n.op.inputs, args: []any{shape, axes},
		replay: func(t compute.Function, in []compute.Value) ([]compute.Value, error) {
			return list1(t.BroadcastInDim(in[0], shape, axes))
		}}
}
