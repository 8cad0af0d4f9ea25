package shapes

import "slices"

// subRows is the number of lines sampled per row of pixels. Along a line the coverage is exact,
// so that an edge has at least eight levels in every direction.
const subRows = 8

// maxEdges is the largest number of sides of a shape: the two circles of a ring.
const maxEdges = 2 * arcPoints

// edge is one side of an outline in pixels, from row coordinate y0 down to y1.
type edge struct {
	y0, y1 fixed
	x      fixed // at y0
	slope  fixed // dx/dy
}

// outline is a shape at its position in an image of size×size pixels.
type outline struct {
	size   int
	edges  [maxEdges]edge
	n      int // edges used
	lo, hi point
}

// newOutline places the shape of f. An unknown class gives an empty outline.
func newOutline(size int, f Factors) *outline {
	o := &outline{size: size}
	if f.Class < 0 || int(f.Class) >= numClasses {
		return o
	}
	sin, cos := sincos(turns(f.Rotation))
	centre := point{toFixed(f.X), toFixed(f.Y)}
	radius := toFixed(f.Size) / 2
	side := fixed(size)
	place := func(p point) point {
		x, y := mul(p.x, cos)-mul(p.y, sin), mul(p.x, sin)+mul(p.y, cos)
		return point{(centre.x + mul(radius, x)) * side, (centre.y + mul(radius, y)) * side}
	}
	for i, l := range shapeLoops[f.Class] {
		a := place(l[len(l)-1])
		if i == 0 {
			o.lo, o.hi = a, a
		}
		for _, p := range l {
			b := place(p)
			o.add(a, b)
			a = b
		}
	}
	return o
}

// add appends the side from a to b and extends the bounds. Horizontal sides cross no sampled
// line and are left out.
func (o *outline) add(a, b point) {
	o.lo = point{min(o.lo.x, b.x), min(o.lo.y, b.y)}
	o.hi = point{max(o.hi.x, b.x), max(o.hi.y, b.y)}
	if a.y == b.y {
		return
	}
	if a.y > b.y {
		a, b = b, a
	}
	o.edges[o.n] = edge{a.y, b.y, a.x, (b.x - a.x) << fixedBits / (b.y - a.y)}
	o.n++
}

// box returns the smallest box of whole pixels, inside the image, around the outline.
func (o *outline) box() Box {
	if o.n == 0 {
		return Box{}
	}
	inside := func(v fixed) int { return int(clampFixed(v>>fixedBits, 0, fixed(o.size))) }
	b := Box{
		inside(o.lo.x), inside(o.lo.y),
		inside(o.hi.x + fixedOne - 1), inside(o.hi.y + fixedOne - 1),
	}
	if b.X0 >= b.X1 || b.Y0 >= b.Y1 {
		return Box{}
	}
	return b
}

// cover writes the part of each pixel of row y inside the outline, 0 to fixedOne, to dst
// (length size), and reports whether any is positive.
func (o *outline) cover(dst []fixed, y int) bool {
	top := fixed(y) << fixedBits
	if o.n == 0 || top >= o.hi.y || top+fixedOne <= o.lo.y {
		return false
	}
	clear(dst)
	var buf [maxEdges]fixed
	for s := range fixed(subRows) {
		line := top + (2*s+1)*fixedOne/(2*subRows)
		xs := o.crossings(buf[:0], line)
		for i := 0; i+1 < len(xs); i += 2 {
			fill(dst, xs[i], xs[i+1])
		}
	}
	for i := range dst {
		dst[i] /= subRows
	}
	return true
}

// crossings appends the positions where the line at height y crosses the outline, from left to
// right.
func (o *outline) crossings(dst []fixed, y fixed) []fixed {
	for i := range o.edges[:o.n] {
		e := &o.edges[i]
		if e.y0 <= y && y < e.y1 {
			dst = append(dst, e.x+mul(y-e.y0, e.slope))
		}
	}
	slices.Sort(dst)
	return dst
}

// fill adds the part of each pixel between x0 and x1, in one line.
func fill(dst []fixed, x0, x1 fixed) {
	end := fixed(len(dst)) << fixedBits
	x0, x1 = clampFixed(x0, 0, end), clampFixed(x1, 0, end)
	for i := x0 >> fixedBits; i<<fixedBits < x1; i++ {
		left := i << fixedBits
		dst[i] += min(x1, left+fixedOne) - max(x0, left)
	}
}
