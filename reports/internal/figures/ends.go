package figures

import (
	"cmp"
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// end is the right end of a curve, where its name stands.
type end struct {
	name   string
	colour color.NRGBA
	// mark, when there is one, stands before the name.
	mark draw.GlyphDrawer
	y    vg.Length
}

// drawEnds writes the names of curves beside their ends, pushed apart where
// they would lie on one another and kept within the height of the canvas.
func drawEnds(c *draw.Canvas, ends []end) {
	slices.SortStableFunc(ends, func(a, b end) int { return cmp.Compare(a.y, b.y) })
	pushApart(ends)
	if n := len(ends); n > 0 {
		shift := max(0, c.Min.Y-ends[0].y) - max(0, ends[n-1].y-c.Max.Y)
		for i := range ends {
			ends[i].y += shift
		}
	}
	for _, e := range ends {
		x := c.Max.X + 6
		if e.mark != nil {
			// Outside the axes, where other glyphs would be clipped.
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: e.colour, Radius: 2.6, Shape: e.mark}, vg.Point{X: x + 3, Y: e.y})
			x += 9
		}
		c.FillText(bold(label(normal, e.colour)), vg.Point{X: x, Y: e.y}, e.name)
	}
}

// pushApart moves ends, which ascend, until each is a line of text from the
// next: ends that touch become a block around the middle of their places, and
// blocks that come to touch become one.
func pushApart(ends []end) {
	const apart = vg.Length(normal * 1.25)
	type block struct {
		n      int
		centre vg.Length // of all its places
	}
	height := func(b block) vg.Length { return vg.Length(b.n-1) * apart }
	var blocks []block
	for _, e := range ends {
		blocks = append(blocks, block{1, e.y})
		for k := len(blocks) - 1; k > 0; k-- {
			a, b := blocks[k-1], blocks[k]
			if b.centre-height(b)/2-a.centre-height(a)/2 >= apart {
				break
			}
			n := a.n + b.n
			blocks[k-1] = block{n, (a.centre*vg.Length(a.n) + b.centre*vg.Length(b.n)) / vg.Length(n)}
			blocks = blocks[:k]
		}
	}
	i := 0
	for _, b := range blocks {
		for j := range b.n {
			ends[i].y = b.centre - height(b)/2 + vg.Length(j)*apart
			i++
		}
	}
}
