package engine

import (
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"

	"repbench/backends/cpu/internal/strided"
)

// elementSize returns the number of bytes per element, or 0 if several elements share a byte or
// no copy of that size exists.
func elementSize(s shapes.Shape) int {
	one := s.DType.SizeForDimensions(1)
	if s.DType.SizeForDimensions(2) != 2*one {
		return 0
	}
	switch one {
	case 1, 2, 4, 8, 16:
		return one
	}
	return 0
}

// view returns the layout of a dense array, for the caller to change.
func view(s shapes.Shape) strided.Layout { return strided.Dense(s.Dimensions) }

// move emits the step that copies dims elements of x to the new value of out.
func (c *compiler) move(op *Op, x *Node, dims []int, from strided.Layout) (bool, error) {
	out := op.outputs[0]
	elem := elementSize(out.shape)
	if elem == 0 {
		return false, nil
	}
	src, err := c.value(x)
	if err != nil {
		return false, err
	}
	dst := c.newValue(out, inArena)
	c.copyStep(op.kind.String(), dst, src, strided.Plan(dims, strided.Dense(dims), from, elem))
	return true, nil
}

func (c *compiler) copyStep(name string, dst, src *value, plan *strided.Copy) {
	c.do(step{name: name, reads: []*value{src}, writes: []*value{dst}, run: func(f *frame) error {
		plan.Run(f.backend.pool, f.pointer(dst), f.pointer(src))
		return nil
	}})
}

func lowerTranspose(c *compiler, op *Op) (bool, error) {
	x, permutation := op.inputs[0], op.args[0].([]int)
	from, to := view(x.shape), strided.Layout{}
	for _, axis := range permutation {
		to.Strides = append(to.Strides, from.Strides[axis])
	}
	return c.move(op, x, op.outputs[0].shape.Dimensions, to)
}

// lowerBroadcast repeats the input along axes that it lacks or has with size 1.
func lowerBroadcast(c *compiler, op *Op) (bool, error) {
	x := op.inputs[0]
	dims := op.outputs[0].shape.Dimensions
	return c.move(op, x, dims, broadcastLayout(x.shape.Dimensions, dims, op.args[1].([]int)))
}

func broadcastLayout(in, out, axes []int) strided.Layout {
	dense := strided.Dense(in)
	l := strided.Layout{Strides: make([]int, len(out))}
	for i, axis := range axes {
		if in[i] != 1 {
			l.Strides[axis] = dense.Strides[i]
		}
	}
	return l
}

func lowerSlice(c *compiler, op *Op) (bool, error) {
	x, starts, steps := op.inputs[0], op.args[0].([]int), op.args[2].([]int)
	l := view(x.shape)
	for i := range l.Strides {
		l.Offset += starts[i] * l.Strides[i]
		if len(steps) > 0 {
			l.Strides[i] *= steps[i]
		}
	}
	return c.move(op, x, op.outputs[0].shape.Dimensions, l)
}

func lowerReverse(c *compiler, op *Op) (bool, error) {
	x := op.inputs[0]
	l := view(x.shape)
	if x.shape.Size() > 0 {
		for _, axis := range op.args[0].([]int) {
			l.Offset += l.Strides[axis] * (x.shape.Dimensions[axis] - 1)
			l.Strides[axis] = -l.Strides[axis]
		}
	}
	return c.move(op, x, x.shape.Dimensions, l)
}

func lowerConcatenate(c *compiler, op *Op) (bool, error) {
	out, axis := op.outputs[0], op.args[0].(int)
	elem := elementSize(out.shape)
	if elem == 0 {
		return false, nil
	}
	dst := c.joined(out)
	whole := view(out.shape)
	whole.Strides, _ = stretched(whole.Strides, out.shape.Dimensions, columns(out), dst.width)
	var plans []*strided.Copy
	var reads []*value
	at := 0
	for _, n := range op.inputs {
		from, err := c.located(n)
		if err != nil {
			return false, err
		}
		to := strided.Layout{Offset: dst.at + at*whole.Strides[axis], Strides: whole.Strides}
		at += n.shape.Dimensions[axis]
		if from.value == dst.value && from.at == to.Offset {
			continue
		}
		src := strided.Layout{Offset: from.at}
		src.Strides, _ = stretched(view(n.shape).Strides, n.shape.Dimensions, columns(n), from.width)
		plans, reads = append(plans, strided.Plan(n.shape.Dimensions, to, src, elem)), append(reads, from.value)
	}
	if len(plans) == 0 {
		return true, nil
	}
	c.do(step{name: op.kind.String(), reads: reads, writes: []*value{dst.value}, run: func(f *frame) error {
		for i, p := range plans {
			p.Run(f.backend.pool, f.pointer(dst.value), f.pointer(reads[i]))
		}
		return nil
	}})
	return true, nil
}

// joined returns where the result of a concatenation lies: where its parts are written, if it has
// some.
func (c *compiler) joined(out *Node) located {
	if whole := c.wholes[out]; whole != nil {
		c.values[out] = whole
		return located{value: whole, width: columns(out)}
	}
	return c.destination(out)
}

// lowerPad fills the output and copies the part of the input that negative padding does not cut
// off.
func lowerPad(c *compiler, op *Op) (bool, error) {
	x, out := op.inputs[0], op.outputs[0]
	pads, elem := op.args[0].([]compute.PadAxis), elementSize(out.shape)
	// The portable backend accepts any fill value.
	if fill := op.inputs[1].shape; elem == 0 || fill.DType != out.shape.DType || fill.Size() != 1 {
		return false, nil
	}
	if !slices.ContainsFunc(pads, func(p compute.PadAxis) bool { return p != compute.PadAxis{} }) {
		return lowerAlias(c, op)
	}
	reads, err := c.valuesOf(op.inputs)
	if err != nil {
		return false, err
	}
	dst := c.newValue(out, inArena)
	dims, from, to := padLayouts(x.shape.Dimensions, out.shape.Dimensions, pads)
	plan := strided.Plan(dims, to, from, elem)
	n := out.shape.Size()
	c.do(step{name: op.kind.String(), reads: reads, writes: []*value{dst}, run: func(f *frame) error {
		strided.Fill(f.backend.pool, f.pointer(dst), n, elem, f.pointer(reads[1]))
		plan.Run(f.backend.pool, f.pointer(dst), f.pointer(reads[0]))
		return nil
	}})
	return true, nil
}

// padLayouts returns the part of the input that appears in the output, and its layout in both.
func padLayouts(in, out []int, pads []compute.PadAxis) (dims []int, from, to strided.Layout) {
	from, to = strided.Dense(in), strided.Dense(out)
	dims = make([]int, len(in))
	for i, n := range in {
		var p compute.PadAxis
		if i < len(pads) {
			p = pads[i]
		}
		gap := p.Interior + 1
		first := 0 // the first input position that appears in the output
		if p.Start < 0 {
			first = (-p.Start + gap - 1) / gap
		}
		at := p.Start + first*gap
		count := 0
		if at < out[i] {
			count = min(n-first, (out[i]-at+gap-1)/gap)
		}
		dims[i] = max(count, 0)
		from.Offset += first * from.Strides[i]
		to.Offset += at * to.Strides[i]
		to.Strides[i] *= gap
	}
	return dims, from, to
}

// scratch makes a temporary that belongs to a step and not to a node.
func (c *compiler) scratch(bytes int) *value {
	v := &value{id: len(c.program.values), bytes: bytes, place: inArena, last: -1}
	c.program.values = append(c.program.values, v)
	return v
}
