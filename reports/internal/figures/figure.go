package figures

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Width is the greatest width of a figure, and that of most: the text width of an A4 page with
// margins of 20 mm is 482 points.
const Width vg.Length = 480

// MaxHeight is the greatest height of a figure, so that it fits a page together
// with its caption.
const MaxHeight vg.Length = 600

// Figure is a drawing of a fixed size, in points.
type Figure struct {
	W, H vg.Length
	draw func(draw.Canvas)
}

// Draw draws the figure with its lower left corner at the canvas's own.
func (f Figure) Draw(c vg.Canvas) {
	f.draw(draw.NewCanvas(c, f.W, f.H))
}
