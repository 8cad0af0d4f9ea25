package strided

import (
	"fmt"
	"slices"
)

// Layout describes the positions of an array's elements: index (i0, i1, …) is at element Offset
// + Σ ik·Strides[k]. A stride is 0 where a source is broadcast and negative where it is
// reversed.
type Layout struct {
	Offset  int   // position of index (0, 0, …), in elements
	Strides []int // one per axis, in elements
}

// Dense returns the row-major layout of dims.
func Dense(dims []int) Layout {
	s := make([]int, len(dims))
	step := 1
	for i := len(dims) - 1; i >= 0; i-- {
		s[i] = step
		step *= dims[i]
	}
	return Layout{Strides: s}
}

// axis is one loop of a copy.
type axis struct{ n, dst, src int }

// Copy is a planned copy.
type Copy struct {
	elem     int
	dst, src int // offsets
	// axes are the loops from the outermost to the innermost; neighbours with an even stride
	// over both are merged.
	axes []axis
	// turned reports that the two innermost loops are a transposition: the inner one is
	// contiguous in the destination, the next one in the source.
	turned bool
}

// Plan prepares a copy of dims elements of elemSize bytes: 1, 2, 4, 8 or 16. It panics if a
// layout has another rank.
func Plan(dims []int, dst, src Layout, elemSize int) *Copy {
	if len(dst.Strides) != len(dims) || len(src.Strides) != len(dims) {
		panic(fmt.Sprintf("strided: %d dimensions, but %d and %d strides", len(dims), len(dst.Strides), len(src.Strides)))
	}
	if !slices.Contains([]int{1, 2, 4, 8, 16}, elemSize) {
		panic(fmt.Sprintf("strided: elements of %d bytes", elemSize))
	}
	c := &Copy{elem: elemSize, dst: dst.Offset, src: src.Offset}
	for i, n := range dims {
		if n == 0 {
			return &Copy{elem: elemSize, axes: []axis{{}}}
		}
		if n > 1 {
			c.axes = append(c.axes, axis{n, dst.Strides[i], src.Strides[i]})
		}
	}
	// Large steps in the destination go outside, so that it is written in order.
	slices.SortStableFunc(c.axes, func(a, b axis) int { return abs(b.dst) - abs(a.dst) })
	c.merge()
	c.arrange()
	return c
}

// merge joins neighbouring loops that have an even stride over both.
func (c *Copy) merge() {
	var out []axis
	for _, a := range c.axes {
		if n := len(out); n > 0 && out[n-1].dst == a.n*a.dst && out[n-1].src == a.n*a.src {
			out[n-1] = axis{out[n-1].n * a.n, a.dst, a.src}
			continue
		}
		out = append(out, a)
	}
	c.axes = out
}

// arrange looks for a transposition among the loops: it moves the loop that is contiguous in
// the source next to the innermost one.
func (c *Copy) arrange() {
	last := len(c.axes) - 1
	if last < 1 || c.axes[last].dst != 1 || c.axes[last].src == 1 || c.axes[last].src == 0 {
		return
	}
	i := slices.IndexFunc(c.axes, func(a axis) bool { return a.src == 1 })
	if i < 0 {
		return
	}
	a := c.axes[i]
	c.axes = slices.Insert(slices.Delete(c.axes, i, i+1), last-1, a)
	c.turned = true
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}
