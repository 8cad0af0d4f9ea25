package engine

import (
	"slices"
	"unsafe"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"

	"repbench/backends/cpu/internal/fusion"
)

// programmer writes the fused program of a group.
type programmer struct {
	c      *compiler
	g      *group
	leaves []leaf
	instrs []instr
	known  map[*Node]int // numbers of values; leaves count from 0, instructions from first
}

// leaf is an operand in memory.
type leaf struct {
	node  *Node
	input fusion.Input
	dense bool // the operand has one element per element of the space, in order
	part  bool // input has the strides of the columns in which the node lies
}

// instr is an instruction whose arguments are leaves, from number 0, or instructions, from
// number first.
type instr struct {
	fusion.Instr
	args []int
}

// first is the number of the first instruction until all leaves are known.
const first = 1 << 20

// emitGroup emits the step of a group.
func (c *compiler) emitGroup(g *group) error {
	if g.emitted {
		return nil
	}
	g.emitted = true
	p, outputs, program := c.write(g)
	if g.host != nil {
		if done, err := c.emitHosted(g, p, outputs, program); done || err != nil {
			return err
		}
		g.host = nil
		p, outputs, program = c.write(g)
	}
	kernel, err := fusion.Compile(program)
	if err != nil {
		return err
	}
	var from, to []located
	for _, l := range p.leaves {
		at, err := c.leafAt(l)
		if err != nil {
			return err
		}
		from = append(from, at)
	}
	for _, r := range g.roots {
		to = append(to, c.destination(r))
	}
	reads, writes := valuesAt(from), valuesAt(to)
	c.do(step{name: "fused", reads: reads, writes: writes, reuse: p.reuse(reads, writes, outputs), run: func(f *frame) error {
		in, out := make([]unsafe.Pointer, len(reads)), make([]unsafe.Pointer, len(writes))
		for i, l := range from {
			in[i] = l.pointer(f)
		}
		for i, l := range to {
			out[i] = l.pointer(f)
		}
		kernel.Run(f.backend.pool, in, out)
		return nil
	}})
	return nil
}

// write writes the program of a group.
func (c *compiler) write(g *group) (*programmer, []fusion.Output, fusion.Program) {
	p := &programmer{c: c, g: g, known: map[*Node]int{}}
	outputs := make([]fusion.Output, len(g.roots))
	for i, r := range g.roots {
		outputs[i] = p.output(r)
	}
	return p, outputs, p.program(outputs)
}

// leafAt returns where an operand lies, of which a copy is made if the program cannot read it there.
func (c *compiler) leafAt(l leaf) (located, error) {
	if l.part {
		return c.located(l.node)
	}
	v, err := c.value(l.node)
	return located{value: v}, err
}

// output computes a root and describes how it is stored.
func (p *programmer) output(r *Node) fusion.Output {
	if !reduces(r) {
		o := fusion.Output{Value: p.compute(r), Type: fusionTypes[r.shape.DType]}
		if part, ok := p.c.parts[r]; ok {
			strides, _ := stretched(view(r.shape).Strides, r.shape.Dimensions, columns(r), part.width)
			o.Strides = p.fit(r.shape.Dimensions, strides)
		}
		return o
	}
	x := r.op.inputs[0]
	return fusion.Output{Value: p.number(source(x)), Type: fusion.Float32, Reduce: reductions[r.op.kind], Axes: reducedAxes(x, r.op.args[0].([]int))}
}

// reducedAxes returns the reduced axes as axes of the squeezed space; an empty list means all.
func reducedAxes(x *Node, axes []int) []int {
	reduced := []int{}
	at := 0
	for i, d := range x.shape.Dimensions {
		if d == 1 {
			continue
		}
		if len(axes) == 0 || slices.Contains(axes, i) {
			reduced = append(reduced, at)
		}
		at++
	}
	return reduced
}

// reuse returns the pairs of an output and an operand that may share memory.
func (p *programmer) reuse(reads, writes []*value, outputs []fusion.Output) [][2]*value {
	var pairs [][2]*value
	for i, w := range writes {
		for j, l := range p.leaves {
			// No other operand may read the same memory in another order.
			if outputs[i].Reduce == fusion.None && outputs[i].Strides == nil && !l.part && l.dense && l.input.Type.Size() == outputs[i].Type.Size() && count(reads, reads[j]) == 1 {
				pairs = append(pairs, [2]*value{w, reads[j]})
			}
		}
	}
	return pairs
}

func count(vs []*value, v *value) int {
	n := 0
	for _, x := range vs {
		if x == v {
			n++
		}
	}
	return n
}

// program renumbers the instructions to follow the leaves.
func (p *programmer) program(outputs []fusion.Output) fusion.Program {
	number := func(v int) int {
		if v >= first {
			return len(p.leaves) + v - first
		}
		return v
	}
	program := fusion.Program{Dims: p.g.dims, Outputs: outputs}
	for _, l := range p.leaves {
		program.Inputs = append(program.Inputs, l.input)
	}
	for _, in := range p.instrs {
		for i, a := range in.args {
			in.Args[i] = number(a)
		}
		program.Instrs = append(program.Instrs, in.Instr)
	}
	for i := range outputs {
		outputs[i].Value = number(outputs[i].Value)
	}
	return program
}

// add appends an instruction.
func (p *programmer) add(op fusion.Op, args ...int) int {
	p.instrs = append(p.instrs, instr{Instr: fusion.Instr{Op: op}, args: args})
	return first + len(p.instrs) - 1
}

// number returns the number of n's value in the program: an instruction, or a leaf.
func (p *programmer) number(n *Node) int {
	if v, ok := p.known[n]; ok {
		return v
	}
	if _, folded := p.c.folded[n]; !folded && computes(n) && (!p.c.stored[n] || slices.Contains(p.g.roots, n)) {
		return p.compute(n)
	}
	v := p.leaf(n)
	p.known[n] = v
	return v
}

// compute adds the instructions of n.
func (p *programmer) compute(n *Node) int {
	if v, ok := p.known[n]; ok {
		return v
	}
	args := make([]int, len(n.op.inputs))
	for i, x := range n.op.inputs {
		args[i] = p.operand(n, x)
	}
	var v int
	switch n.op.kind {
	case compute.OpTypeConvertDType:
		v = args[0]
		if n.shape.DType == dtypes.Bool {
			v = p.add(fusion.NotEqual, v, p.constant(0))
		}
	case compute.OpTypeClamp:
		v = p.add(fusion.Min, p.add(fusion.Max, args[1], args[0]), args[2])
	case compute.OpTypeIsNaN:
		v = p.add(fusion.NotEqual, args[0], args[0])
	default:
		e := elementwises[n.op.kind]
		if e.swap {
			args[0], args[1] = args[1], args[0]
		}
		v = p.add(e.op, args...)
	}
	switch n.shape.DType {
	case dtypes.BFloat16:
		v = p.add(fusion.RoundBF16, v)
	case dtypes.Float16:
		v = p.add(fusion.RoundF16, v)
	}
	p.known[n] = v
	return v
}

// operand returns the number of input x of n, which has n's size or is broadcast to it.
func (p *programmer) operand(n, x *Node) int {
	s := source(x)
	if slices.Equal(squeezed(s.shape), squeezed(n.shape)) {
		return p.number(s)
	}
	if f, ok := p.scalar(s); ok {
		return p.constant(f)
	}
	// An implicit broadcast: axes of size 1, or none at all.
	axes := make([]int, x.shape.Rank())
	for i := range axes {
		axes[i] = i
	}
	return p.appendLeaf(s, p.fit(n.shape.Dimensions, broadcastLayout(x.shape.Dimensions, n.shape.Dimensions, axes).Strides), false)
}

// leaf adds an operand that has the size of the space or is broadcast to it.
func (p *programmer) leaf(n *Node) int {
	if f, ok := p.scalar(n); ok {
		return p.constant(f)
	}
	if n.op.kind == compute.OpTypeBroadcastInDim && p.c.values[n] == nil && p.c.folded[n] == nil {
		x := n.op.inputs[0]
		if f, ok := p.scalar(source(x)); ok {
			return p.constant(f)
		}
		strides := broadcastLayout(x.shape.Dimensions, n.shape.Dimensions, n.op.args[1].([]int)).Strides
		return p.appendLeaf(source(x), p.fit(n.shape.Dimensions, strides), slices.Equal(squeezed(x.shape), p.g.dims))
	}
	base, l := p.c.viewOf(n)
	if _, part := p.c.parts[base]; base != n && !part {
		leaf := p.appendLeaf(base, p.fit(n.shape.Dimensions, l.Strides), false)
		p.leaves[leaf].input.Offset = l.Offset
		return leaf
	}
	return p.appendLeaf(n, p.fit(n.shape.Dimensions, view(n.shape).Strides), true)
}

// fit drops the strides of axes of size 1.
func (p *programmer) fit(dims, strides []int) []int {
	kept := []int{}
	for i, d := range dims {
		if d != 1 {
			kept = append(kept, strides[i])
		}
	}
	return kept
}

// appendLeaf appends an operand that reads n's value from memory.
func (p *programmer) appendLeaf(n *Node, strides []int, dense bool) int {
	l := leaf{node: n, dense: dense, input: fusion.Input{Type: fusionTypes[n.shape.DType], Strides: strides}}
	at := n
	if n == p.g.host && dense {
		at = p.g.placed()
	}
	if part, ok := p.c.parts[at]; ok {
		if s, ok := stretched(strides, p.g.dims, columns(at), part.width); ok {
			l.input.Strides, l.part = s, true
		}
	}
	p.leaves = append(p.leaves, l)
	return len(p.leaves) - 1
}

// scalar returns the value of a float32 constant of one element.
func (p *programmer) scalar(n *Node) (float32, bool) {
	b, ok := p.c.folded[n]
	if !ok || n.shape.DType != dtypes.Float32 || len(b) != 4 {
		return 0, false
	}
	return *(*float32)(unsafe.Pointer(&b[0])), true
}

func (p *programmer) constant(f float32) int {
	p.instrs = append(p.instrs, instr{Instr: fusion.Instr{Op: fusion.Const, Value: f}})
	return first + len(p.instrs) - 1
}
