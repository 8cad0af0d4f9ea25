package figures

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Width is the greatest width of a figure, and the width of most: the text width of an A4 page with
// margins of 20 mm is 482 points.
const Width vg.Length = 480

// MaxHeight is the greatest height of a figure, so that it fits a page together
// with its caption.
const MaxHeight vg.Length = 600

// Figure is a drawing of a fixed size, in points.
type Figure struct {
	W, H vg.Length
	draw func(draw.Canvas)
	// shrink and grow are the parts of H by which it may change; a figure of a fixed
	// shape changes as a whole, its width and its text too.
	shrink, grow vg.Length
	fixed        bool
}

// Flex is how much lower and higher than H the figure may be drawn.
func (f Figure) Flex() (shrink, grow vg.Length) {
	grow = min(f.grow*f.H, max(0, MaxHeight-f.H))
	if f.fixed && f.W > 0 {
		grow = min(grow, max(0, (Width/f.W-1)*f.H))
	}
	return f.shrink * f.H, grow
}

// High is the figure drawn h high, within its Flex.
func (f Figure) High(h vg.Length) Figure {
	shrink, grow := f.Flex()
	h = min(max(h, f.H-shrink), f.H+grow)
	if !f.fixed || f.H == 0 {
		f.H = h
		return f
	}
	whole, k := f, h/f.H
	f.W, f.H = k*f.W, h
	f.draw = func(c draw.Canvas) {
		c.Push()
		c.Scale(float64(k), float64(k))
		whole.Draw(c.Canvas)
		c.Pop()
	}
	return f
}

// Draw draws the figure with its lower left corner at the canvas's own.
func (f Figure) Draw(c vg.Canvas) {
	f.draw(draw.NewCanvas(c, f.W, f.H))
}
