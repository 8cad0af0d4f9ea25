package fusion

import "slices"

// reduction is a reduced output. Each task accumulates in a window of float64 values, the part
// of the output that its elements reduce to. If several tasks reduce to the same part, their
// windows are combined in the order of the tasks.
type reduction struct {
	kind    Reduce
	typ     Type
	operand int // index among the plan's operands
	output  int
	// How tiles are added up.
	whole    bool // a tile has one result
	deferred bool // tiles with the same results follow each other
	sums     int  // the slot in which they are added up, if deferred
	// The window.
	shared bool
	size   int // of the window, with padding
	first  int // its offset in the worker's or task's memory
	axes   []windowAxis
	leader []int // per task, if shared
}

// windowAxis is an axis of a window. Each element of that axis of the space stands for unit
// elements: the elements of the axes after it, which every window contains whole.
type windowAxis struct {
	axis, unit         int
	inWindow, inOutput int // strides of one of the unit elements
}

// newReduction plans an output with the given strides over the grid, 0 where it is reduced. It
// also returns the layout of the window under the tiles.
func newReduction(o Output, strides []int, g *grid, c cutting) (*reduction, operand) {
	reduced := make([]bool, len(strides))
	extents := make([]int, len(strides))
	for a, s := range strides {
		reduced[a] = s == 0
		extents[a] = g.extent(a, c)
	}
	window := rowMajor(extents, reduced)
	op := operand{typ: o.Type, steps: g.moves(window), runs: g.runs(window), window: true}
	r := &reduction{kind: o.Reduce, typ: o.Type, size: 1}
	for a, s := range strides {
		if s != 0 {
			r.size *= extents[a]
			r.addAxis(windowAxis{axis: a, unit: 1, inWindow: window[a], inOutput: s}, extents[a], extents[a] == g.dims[a])
		}
	}
	r.size = ceilDiv(r.size, lineFloats) * lineFloats // no two tasks write the same cache line
	innermost := len(op.steps) - 1
	r.whole = len(op.runs) == 1 && op.runs[0].stride == 0 && r.kind != ReduceProduct
	r.deferred = !r.whole && innermost >= 0 && op.steps[innermost] == 0
	if r.shared = c.splits(g.loops, op.steps); r.shared {
		for t := range c.n {
			r.leader = append(r.leader, c.leader(g.loops, t, op.steps))
		}
	}
	return r, op
}

// addAxis adds the next inner axis, of n elements.
func (r *reduction) addAxis(x windowAxis, n int, whole bool) {
	if last := len(r.axes) - 1; last >= 0 && whole {
		x.axis, x.unit = r.axes[last].axis, r.axes[last].unit*n
		r.axes[last] = x
		return
	}
	r.axes = append(r.axes, x)
}

// extent returns the largest number of elements of an axis per task.
func (g *grid) extent(axis int, c cutting) int {
	l := slices.IndexFunc(g.loops, func(l loop) bool { return l.axis == axis })
	switch {
	case l < 0 || l > c.at:
		return g.dims[axis]
	case l == c.at:
		return min(g.dims[axis], c.length*g.loops[l].step)
	default:
		return min(g.dims[axis], g.loops[l].step)
	}
}

// foldCost returns the approximate work of a tile whose results differ from the results of the
// previous tile, for an output with these strides.
func (g *grid) foldCost(strides []int) int {
	kept := 1
	for _, r := range g.runs(strides) {
		if r.stride != 0 {
			kept *= r.n
		}
	}
	if kept == 1 {
		return 1
	}
	return g.size() + kept
}
