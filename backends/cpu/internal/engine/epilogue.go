package engine

import (
	"slices"
	"unsafe"

	"github.com/gomlx/compute"

	"repbench/backends/cpu/internal/fusion"
)

// A group that continues a convolution or a product element by element, and is all that uses it,
// is its epilogue: it runs on each piece of the result while the piece is in the cache. The
// convolution is then its host, and is emitted where the group would be.

// pieceDone is matmul's C.Done.
type pieceDone = func(row, end, col, cols int)

// epilogue is a group as the continuation of its host.
type epilogue struct {
	kernel *fusion.RowKernel
	in     []located // one has no value: the host's result
	out    []located
	// place is the output whose memory the host's result shares, or -1.
	place int
	taken bool // the host runs it
	host  located
}

// product is the result of a host, or of an operation that has no epilogue.
type product struct {
	located
	then *epilogue
}

// hosted makes the value of n, with its epilogue if there is one.
func (c *compiler) hosted(n *Node) product {
	e := c.epilogues[n]
	if e == nil {
		return product{located: c.destination(n)}
	}
	e.taken = true
	if e.place >= 0 {
		e.host = e.out[e.place]
		c.values[n] = e.host.value
	} else {
		e.host = c.destination(n)
	}
	return product{located: e.host, then: e}
}

// resultWidth returns the distance of the rows of n where hosted puts it.
func (c *compiler) resultWidth(n *Node) int {
	if e := c.epilogues[n]; e != nil && e.place >= 0 {
		return e.out[e.place].width
	}
	if p, ok := c.parts[n]; ok {
		return p.width
	}
	return columns(n)
}

// name is the name of the step.
func (p product) name(op string) string {
	if p.then == nil {
		return op
	}
	return op + " and fused"
}

// reads are the values that the epilogue reads besides the result.
func (p product) reads() []*value {
	if p.then == nil {
		return nil
	}
	return slices.DeleteFunc(valuesAt(p.then.in), func(v *value) bool { return v == nil })
}

// valuesAt returns the values in which arrays lie.
func valuesAt(at []located) []*value {
	var vs []*value
	for _, l := range at {
		vs = append(vs, l.value)
	}
	return vs
}

// writes are the values that the step writes.
func (p product) writes() []*value {
	switch {
	case p.then == nil:
		return []*value{p.value}
	case p.then.place >= 0:
		return valuesAt(p.then.out)
	}
	return append([]*value{p.value}, valuesAt(p.then.out)...)
}

// done begins the epilogue for a run and returns the function that takes pieces, or nil.
func (p product) done(f *frame) pieceDone {
	e := p.then
	if e == nil {
		return nil
	}
	in, out := make([]unsafe.Pointer, len(e.in)), make([]unsafe.Pointer, len(e.out))
	for i, l := range e.in {
		if l.value == nil {
			l = e.host
		}
		in[i] = l.pointer(f)
	}
	for i, l := range e.out {
		out[i] = l.pointer(f)
	}
	return e.kernel.Begin(in, out).Piece
}

// emitHosted emits the host of a group with the group as its epilogue. It returns false if that
// is impossible; nothing but the host may have been emitted then.
func (c *compiler) emitHosted(g *group, p *programmer, outputs []fusion.Output, program fusion.Program) (bool, error) {
	kernel, err := fusion.CompileRows(program)
	if err != nil {
		return false, nil
	}
	e := &epilogue{kernel: kernel, place: -1}
	for _, l := range p.leaves {
		var at located
		if l.node != g.host {
			if at, err = c.leafAt(l); err != nil {
				return false, err
			}
		} else if i := slices.IndexFunc(outputs, func(o fusion.Output) bool { return o.Type == fusion.Float32 }); i >= 0 && l.dense {
			e.place = i
		}
		e.in = append(e.in, at)
	}
	if count(valuesAt(e.in), nil) != 1 {
		return false, nil
	}
	for _, r := range g.roots {
		e.out = append(e.out, c.destination(r))
	}
	c.epilogues[g.host] = e
	if err := c.emit(g.host); err != nil {
		return false, err
	}
	if !e.taken {
		for _, r := range g.roots {
			delete(c.values, r)
		}
	}
	return e.taken, nil
}

// hosts finds the groups that are epilogues.
func (p *partitioner) hosts() {
	users := map[*Node][]*Node{}
	position := map[*Op]int{}
	for i, op := range p.live {
		position[op] = i
		for _, n := range op.operands() {
			users[n] = append(users[n], op.outputs...)
		}
	}
	for _, n := range p.c.fn.outputs {
		users[n] = append(users[n], nil)
	}
	for _, g := range p.groups {
		var host *Node
		for _, r := range g.roots {
			for n := range p.leaves(r) {
				if p.mayHost(n, g) && p.onlyIn(n, g, users) && (host == nil || position[n.op] > position[host.op]) {
					host = n
				}
			}
		}
		if host != nil && p.split(g, host) {
			g.host = host
			p.c.hosts[host] = g
		}
	}
}

// split moves reductions out of a group, so that the rest can be an epilogue, and reports whether
// none is left. It does so where a convolution or product has constant weights and the group
// stores what is reduced, as in networks that squeeze a map to scale its channels; elsewhere, as
// in trainings, sums keep their order.
func (p *partitioner) split(g *group, host *Node) bool {
	if !slices.ContainsFunc(g.roots, reduces) {
		return true
	}
	if _, folded := p.c.folded[host.op.inputs[1]]; !folded {
		return false
	}
	sums := &group{dims: g.dims, unit: &unit{before: map[*unit]bool{g.unit: true}}}
	var rest []*Node
	for _, r := range g.roots {
		switch {
		case !reduces(r):
			rest = append(rest, r)
		case slices.Contains(g.roots, source(r.op.inputs[0])) && !reduces(source(r.op.inputs[0])):
			sums.roots = append(sums.roots, r)
		default:
			return false
		}
	}
	g.roots = rest
	p.groups = append(p.groups, sums)
	return true
}

// followsProduct reports whether n is computed from the result of a convolution or product with
// constant weights: stored once by its epilogue, n costs less than the result that several
// programs would read.
func (p *partitioner) followsProduct(n *Node) bool {
	for x := range p.leaves(n) {
		if x.op.kind == compute.OpTypeConvGeneral || x.op.kind == compute.OpTypeDotGeneral {
			if _, folded := p.c.folded[x.op.inputs[1]]; folded {
				return true
			}
		}
	}
	return false
}

// mayHost reports whether n is a product with the rows and columns of the group: its last
// axis and all others.
func (p *partitioner) mayHost(n *Node, g *group) bool {
	rank := n.shape.Rank()
	if _, folded := p.c.folded[n]; folded || rank == 0 || n.shape.Dimensions[rank-1] < 2 || !slices.Equal(squeezed(n.shape), g.dims) {
		return false
	}
	switch n.op.kind {
	case compute.OpTypeConvGeneral:
		axes := n.op.args[0].(compute.ConvolveAxesConfig)
		return axes.OutputBatch == 0 && axes.OutputChannels == rank-1 && slices.IsSorted(axes.OutputSpatial)
	case compute.OpTypeDotGeneral:
		contracting, batch := n.op.args[2].([]int), n.op.args[3].([]int)
		return n.op.inputs[1].shape.Rank() == len(contracting)+len(batch)+1
	}
	return false
}

// onlyIn reports whether n is used by the group alone.
func (p *partitioner) onlyIn(n *Node, g *group, users map[*Node][]*Node) bool {
	for _, u := range users[n] {
		switch {
		case u == nil:
			return false
		case passes(u):
			if !p.onlyIn(u, g, users) {
				return false
			}
		case !p.fusable(u) || slices.ContainsFunc(p.roots[u], func(r *Node) bool { return !slices.Contains(g.roots, r) }):
			return false
		default:
			if same, _ := operandsOf(u); !slices.Contains(same, source(n)) {
				return false
			}
		}
	}
	return true
}
