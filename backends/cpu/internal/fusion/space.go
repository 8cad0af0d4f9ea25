package fusion

import "slices"

// merge simplifies an iteration space: axes of one element are dropped, and two neighbouring
// axes are merged if every operand has an even stride over both. It returns the new dimensions,
// at least one, and the strides of each operand over them. No dimension may be 0.
func merge(dims []int, strides [][]int) ([]int, [][]int) {
	var merged []int
	out := make([][]int, len(strides))
	for a, d := range dims {
		if d == 1 {
			continue
		}
		if last := len(merged) - 1; last >= 0 && mergeable(out, strides, a, d) {
			merged[last] *= d
			for i := range out {
				out[i][last] = strides[i][a]
			}
			continue
		}
		merged = append(merged, d)
		for i := range out {
			out[i] = append(out[i], strides[i][a])
		}
	}
	if merged == nil {
		merged = []int{1}
		for i := range out {
			out[i] = []int{0}
		}
	}
	return merged, out
}

// mergeable reports whether, for all operands, one step on the last of the axes in out equals d
// steps on axis a.
func mergeable(out, strides [][]int, a, d int) bool {
	for i := range out {
		if out[i][len(out[i])-1] != d*strides[i][a] {
			return false
		}
	}
	return true
}

// grid cuts a merged space into tiles. A tile is a piece of one axis and all of the axes after
// it, so that it is contiguous in a dense array.
type grid struct {
	dims  []int
	axis  int // the axis that is cut; the axes before it have one index per tile
	block int // elements of axis per tile, except the last tile
	inner int // elements of the axes after axis
	loops []loop
}

// loop iterates over the tiles along an axis.
type loop struct {
	axis int
	step int // elements of the axis per tile
	n    int // at least 2
}

// lineFloats is the number of float32 in a cache line.
const lineFloats = 16

// newGrid cuts the space into tiles of at most size elements. The loops are in the order of the
// axes.
func newGrid(dims []int, size int) *grid {
	g := &grid{dims: dims, axis: len(dims) - 1, inner: 1}
	for g.axis > 0 && g.inner*dims[g.axis] <= size {
		g.inner *= dims[g.axis]
		g.axis--
	}
	d := dims[g.axis]
	blocks := ceilDiv(d, max(1, size/g.inner))
	g.block = ceilDiv(d, blocks)
	if g.inner == 1 {
		g.block = min(d, ceilDiv(g.block, lineFloats)*lineFloats)
	}
	for a, n := range dims[:g.axis] {
		g.loops = append(g.loops, loop{axis: a, step: 1, n: n})
	}
	if n := ceilDiv(d, g.block); n > 1 {
		g.loops = append(g.loops, loop{axis: g.axis, step: g.block, n: n})
	}
	return g
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// size returns the number of elements of a whole tile.
func (g *grid) size() int { return g.block * g.inner }

// sort orders the loops by falling cost, so that the cheapest one is innermost.
func (g *grid) sort(cost func(loop) int) {
	slices.SortStableFunc(g.loops, func(a, b loop) int { return cost(b) - cost(a) })
}

// moves returns the distance by which one step of each loop moves an operand.
func (g *grid) moves(strides []int) []int {
	steps := make([]int, len(g.loops))
	for i, l := range g.loops {
		steps[i] = l.step * strides[l.axis]
	}
	return steps
}

// run is an axis of an operand within a tile: n elements, stride apart.
type run struct{ n, stride int }

// runs describes an operand within a tile with as few axes as possible, the outermost first. In
// a tile with fewer than block elements on the cut axis, the first n is less in proportion; all
// others are unchanged.
func (g *grid) runs(strides []int) []run {
	var rs []run
	for a, d := range g.dims[g.axis:] {
		if a == 0 {
			d = g.block
		}
		if d > 1 {
			rs = appendRun(rs, run{d, strides[g.axis+a]})
		}
	}
	if rs == nil {
		return []run{{1, 1}}
	}
	return rs
}

func appendRun(rs []run, r run) []run {
	if last := len(rs) - 1; last >= 0 && rs[last].stride == r.n*r.stride {
		rs[last] = run{rs[last].n * r.n, r.stride}
		return rs
	}
	return append(rs, r)
}

// contiguous reports whether the elements are adjacent in memory.
func contiguous(rs []run) bool { return len(rs) == 1 && rs[0].stride == 1 }
