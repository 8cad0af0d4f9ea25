package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// DotsOptions say what the dots show.
type DotsOptions struct {
	// Axis names the quantity, for example "accuracy".
	Axis string
	// Span, when there are any, are the rows that the axis holds, so that
	// several figures share one axis; otherwise it holds the rows drawn.
	Span []Row
}

// Dots compares results with one another and with quoted ones: a filled dot
// with its interval for each measured row, a hollow grey diamond for each
// quoted row; at most MaxRows rows, the first on top. The axis begins near the
// least value, for dots, unlike bars, do not show a length from 0.
func Dots(rows []Row, o DotsOptions) Figure {
	rows = known(rows)
	if len(o.Span) == 0 {
		o.Span = rows
	}
	lo, hi := span(o.Span)
	return rowsFigure(rowsPlot{rows: rows, mark: dot}, lo, hi, o.Axis)
}

// span is a range of round numbers around all rows and their intervals.
func span(rows []Row) (lo, hi float64) {
	lo, hi = 1, 0
	for _, r := range rows {
		if math.IsNaN(r.Value) {
			continue
		}
		lo, hi = min(lo, r.Value), max(hi, r.end())
		if r.hasInterval() {
			lo = min(lo, r.Lo)
		}
	}
	if lo > hi {
		return 0, 1
	}
	step := niceStep(max(hi-lo, 0.02), 5)
	// The small shift leaves room beside a mark that stands on a round number.
	lo = max(0, step*math.Floor(lo/step-0.1))
	hi = min(1, step*math.Ceil(hi/step+0.1))
	return lo, hi
}

func dot(c *draw.Canvas, p *plot.Plot, r Row, y vg.Length) {
	x, _ := p.Transforms(c)
	c.StrokeLine2(line(0.5, Rule), c.Min.X, y, x(r.Value), y)
	if r.Quoted {
		drawInterval(c, p, r, y, line(0.8, Quoted))
		diamond(c, vg.Point{X: x(r.Value), Y: y}, 3.6)
		return
	}
	drawInterval(c, p, r, y, line(1.2, Blue))
	c.DrawGlyph(draw.GlyphStyle{Color: Blue, Radius: 2.8, Shape: draw.CircleGlyph{}}, vg.Point{X: x(r.Value), Y: y})
}

// diamond is a hollow diamond of half-width r.
func diamond(c *draw.Canvas, at vg.Point, r vg.Length) {
	var p vg.Path
	p.Move(vg.Point{X: at.X - r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y + r})
	p.Line(vg.Point{X: at.X + r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y - r})
	p.Close()
	c.SetLineStyle(line(1.1, Quoted))
	c.Stroke(p)
}
