package engine

import (
	"slices"

	"github.com/gomlx/compute"
)

// A value that several programs need is stored, instead of computed again in each of them,
// beyond these limits.
const (
	costLimit = 6
	leafLimit = 3
)

// mergeLimit is the largest number of results per program.
const mergeLimit = 8

// partitioner decides which values of a function are stored, and which stored values are
// computed by one program.
type partitioner struct {
	c      *compiler
	live   []*Op
	stored map[*Node]bool // elementwise values that are not recomputed at each use
	roots  map[*Node][]*Node
	weight map[*Node]int
	groups []*group
	units  map[*Op]*unit
}

// group is a set of values over one iteration space that are computed together.
type group struct {
	roots   []*Node
	dims    []int // of the iteration space, squeezed
	unit    *unit
	host    *Node // the product that the group is the epilogue of, or nil
	emitted bool
}

// endsWith reports whether n is the group's last value in the function.
func (g *group) endsWith(n *Node) bool { return g.roots[len(g.roots)-1] == n }

// unit is a group, or an operation outside of groups; before holds the units that must run
// before it, directly or indirectly.
type unit struct{ before map[*unit]bool }

// partition fills c.groups.
func (c *compiler) partition(live []*Op) {
	p := &partitioner{c: c, live: live, stored: map[*Node]bool{}, roots: map[*Node][]*Node{}, weight: map[*Node]int{}, units: map[*Op]*unit{}}
	c.groups = map[*Node]*group{}
	p.weigh()
	p.store()
	p.merge()
	p.hosts()
	for _, g := range p.groups {
		for _, n := range g.roots {
			c.groups[n] = g
		}
	}
	c.stored = p.stored
}

// inlined reports whether n is computed only inside the programs that use it.
func (c *compiler) inlined(n *Node) bool {
	if c.groups[n] != nil {
		return false
	}
	return computes(n) || passes(n)
}

// fusable reports whether a program computes n, unless n is folded.
func (p *partitioner) fusable(n *Node) bool {
	_, folded := p.c.folded[n]
	return !folded && computes(n)
}

// source returns the value behind changes of shape that keep the order of elements.
func source(n *Node) *Node {
	for passes(n) {
		n = n.op.inputs[0]
	}
	return n
}

// operandsOf returns the inputs that n combines element by element, which have its size, and
// the inputs that are broadcast and must be stored.
func operandsOf(n *Node) (same, broadcast []*Node) {
	for _, x := range n.op.inputs {
		x = source(x)
		if slices.Equal(squeezed(x.shape), squeezed(n.shape)) || reduces(n) {
			same = append(same, x)
		} else {
			broadcast = append(broadcast, x)
		}
	}
	return same, broadcast
}

// weigh computes the cost of computing each value from stored values.
func (p *partitioner) weigh() {
	for _, op := range p.live {
		for _, n := range op.outputs {
			if !p.fusable(n) {
				continue
			}
			p.weight[n] = cost(n)
			same, _ := operandsOf(n)
			for _, x := range same {
				p.weight[n] += p.weight[x]
			}
		}
	}
}

// store walks backwards from the outputs and marks the values that are stored: values that an
// operation outside of programs reads, and values that several programs need and that are not
// cheap.
func (p *partitioner) store() {
	for _, n := range p.c.fn.outputs {
		p.mark(n)
	}
	for i := len(p.live) - 1; i >= 0; i-- {
		op := p.live[i]
		for _, n := range op.outputs {
			if p.fusable(n) && (p.stored[n] || len(p.roots[n]) > 1 && (p.weight[n] > costLimit || len(p.leaves(n)) > leafLimit || p.followsProduct(n))) {
				p.stored[n] = true
				p.roots[n] = []*Node{n}
			}
		}
		n := op.outputs[0]
		switch {
		case p.fusable(n) || reduces(n):
			same, broadcast := operandsOf(n)
			if reduces(n) {
				p.roots[n] = []*Node{n}
			}
			for _, x := range same {
				for _, r := range p.roots[n] {
					if !slices.Contains(p.roots[x], r) {
						p.roots[x] = append(p.roots[x], r)
					}
				}
			}
			for _, x := range broadcast {
				p.mark(x)
			}
		case passes(n) || op.kind == compute.OpTypeBroadcastInDim:
			// The users of a broadcast decide whether it is stored; its input is stored.
			if op.kind == compute.OpTypeBroadcastInDim {
				p.mark(op.inputs[0])
			}
		default:
			for _, x := range op.operands() {
				p.mark(x)
			}
		}
	}
}

// mark stores a value, looking through changes of shape.
func (p *partitioner) mark(n *Node) {
	if n = source(n); p.fusable(n) {
		p.stored[n] = true
	}
}

// leaves returns the stored values of full size that n is computed from.
func (p *partitioner) leaves(n *Node) map[*Node]bool {
	found := map[*Node]bool{}
	var walk func(n *Node)
	seen := map[*Node]bool{}
	walk = func(n *Node) {
		same, _ := operandsOf(n)
		for _, x := range same {
			if seen[x] {
				continue
			}
			seen[x] = true
			if p.fusable(x) && !p.stored[x] {
				walk(x)
			} else {
				found[x] = true
			}
		}
	}
	walk(n)
	return found
}

// merge makes the groups. Each stored value and each reduction joins the last group that works
// on the same elements, shares a leaf with it, and does not have to run before one of its
// operands.
func (p *partitioner) merge() {
	for _, op := range p.live {
		n := op.outputs[0]
		if p.fusable(n) && !p.stored[n] {
			continue
		}
		if !p.fusable(n) && !reduces(n) {
			u := &unit{before: map[*unit]bool{}}
			p.units[op] = u
			for _, x := range op.operands() {
				p.after(u, x)
			}
			continue
		}
		p.join(n)
	}
}

// producer returns the unit that computes a stored value, or nil for inputs.
func (p *partitioner) producer(n *Node) *unit { return p.units[n.op] }

// after makes u run after the unit that computes n and after all units before that.
func (p *partitioner) after(u *unit, n *Node) {
	for _, b := range p.needs(n) {
		u.before[b] = true
		for x := range b.before {
			u.before[x] = true
		}
	}
}

// needs returns the units that compute n or the stored values that n is computed from.
func (p *partitioner) needs(n *Node) []*unit {
	if u := p.producer(n); u != nil {
		return []*unit{u}
	}
	if !p.fusable(n) || p.stored[n] {
		return nil
	}
	var us []*unit
	for _, x := range n.op.inputs {
		us = append(us, p.needs(x)...)
	}
	return us
}

// join adds a value to a group.
func (p *partitioner) join(n *Node) {
	dims := squeezed(n.shape)
	if reduces(n) {
		dims = squeezed(n.op.inputs[0].shape)
	}
	direct := p.leaves(n)
	needed := p.indirect(n)
	for i := len(p.groups) - 1; i >= 0; i-- {
		g := p.groups[i]
		if slices.Equal(g.dims, dims) && len(g.roots) < mergeLimit && p.shares(g, direct) && p.mayJoin(g, direct, needed) {
			p.add(g, n, needed)
			return
		}
	}
	g := &group{dims: dims, unit: &unit{before: map[*unit]bool{}}}
	p.groups = append(p.groups, g)
	p.add(g, n, needed)
}

// indirect returns all stored values that n needs, including values of full size.
func (p *partitioner) indirect(n *Node) []*Node {
	var found []*Node
	seen := map[*Node]bool{}
	var walk func(n *Node)
	walk = func(n *Node) {
		for _, x := range n.op.inputs {
			x = source(x)
			if seen[x] {
				continue
			}
			seen[x] = true
			if p.fusable(x) && !p.stored[x] {
				walk(x)
			} else {
				found = append(found, x)
			}
		}
	}
	walk(n)
	return found
}

// shares reports whether a group reads or computes one of the leaves.
func (p *partitioner) shares(g *group, leaves map[*Node]bool) bool {
	for _, r := range g.roots {
		if leaves[r] {
			return true
		}
		for l := range p.leaves(r) {
			if leaves[l] {
				return true
			}
		}
	}
	return false
}

// mayJoin reports whether a value with these leaves can be computed in g: except element by
// element, it must not need a value from g or from a unit that runs after g.
func (p *partitioner) mayJoin(g *group, direct map[*Node]bool, needed []*Node) bool {
	for _, x := range needed {
		for _, u := range p.needs(x) {
			if u.before[g.unit] {
				return false
			}
			if u == g.unit && !(direct[x] && !reduces(x)) {
				return false
			}
		}
	}
	return true
}

// add puts n into g. The group, and all units after it, then run after all units that n needs.
func (p *partitioner) add(g *group, n *Node, needed []*Node) {
	g.roots = append(g.roots, n)
	p.units[n.op] = g.unit
	for _, x := range needed {
		p.after(g.unit, x)
	}
	delete(g.unit.before, g.unit)
	for _, u := range p.units {
		if u.before[g.unit] {
			for b := range g.unit.before {
				u.before[b] = true
			}
		}
	}
}
