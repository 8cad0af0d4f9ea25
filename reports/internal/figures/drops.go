package figures

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"repbench/reports/internal/format"
)

// Drop is one line of Drops: by how much something became worse.
type Drop struct {
	Label string
	// Value is the drop, positive for worse; Lo and Hi bound it, or are NaN.
	Value, Lo, Hi float64
	// Word stands on the right, in the colour of the mark.
	Word   string
	Colour color.NRGBA
}

// DropsOptions say what the drops are compared with.
type DropsOptions struct {
	// Axis names the quantity, for example "drop in points".
	Axis string
	// Margin is the drop that must not be missed, drawn as a line beside the line of no drop.
	Margin float64
}

// Widths and limits of Drops.
const (
	dropsWord  = vg.Length(58)
	dropsValue = vg.Length(40)
	// dropsReach is how many margins the axis holds on each side; what lies beyond ends in an arrow.
	dropsReach = 6
)

// Drops draws intervals of drops against 0 and a margin: an interval that lies right of 0 is a drop that
// is shown, one that ends left of the margin excludes a drop of the margin. At most MaxRows rows, the
// first on top; without any row the figure is empty.
func Drops(rows []Drop, o DropsOptions) Figure {
	var kept []Drop
	for _, r := range rows {
		if !math.IsNaN(r.Value) && len(kept) < MaxRows {
			kept = append(kept, r)
		}
	}
	lo, hi := dropsSpan(kept, o.Margin)
	top := vg.Length(14)
	h := rowHeight*vg.Length(len(kept)) + axisHeight + top
	return Figure{W: Width, H: h, grow: 0.3, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = lo, hi
		p.X.Tick.Marker = numberTicks(lo, hi, 6)
		p.X.Label.Text = o.Axis
		p.Y.Min, p.Y.Max = -0.5, float64(len(kept))-0.5
		p.Y.Tick.Marker = plot.ConstantTicks(nil)
		p.Y.LineStyle.Width = 0
		p.Add(dropsPlot{kept, o})
		var w vg.Length
		for _, r := range kept {
			w = max(w, label(normal, Ink).Width(r.Label))
		}
		p.Draw(draw.Crop(c, min(w, labelWidth)+8, -dropsValue-dropsWord, 0, -top))
	}}
}

// dropsSpan holds 0, the margin and all intervals, but no more than dropsReach margins on either side.
func dropsSpan(rows []Drop, margin float64) (lo, hi float64) {
	lo, hi = -0.5*margin, 1.5*margin
	for _, r := range rows {
		for _, v := range []float64{r.Value, r.Lo, r.Hi} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	lo, hi = max(lo, -dropsReach*margin), min(hi, dropsReach*margin)
	room := 0.04 * (hi - lo)
	return lo - room, hi + room
}

type dropsPlot struct {
	rows []Drop
	o    DropsOptions
}

// Plot implements plot.Plotter.
func (d dropsPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		c.StrokeLine2(line(0.5, Rule), x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	d.reference(&c, x(0), line(0.9, Ink), "no change", draw.XRight)
	d.reference(&c, x(d.o.Margin), dashed(0.9, Orange), "margin "+strconv.FormatFloat(d.o.Margin, 'g', 4, 64), draw.XLeft)
	for i, r := range d.rows {
		d.row(&c, p, r, y(float64(len(d.rows)-1-i)))
	}
}

// reference is a vertical line with a word above it, on the side that is away from the other line.
func (d dropsPlot) reference(c *draw.Canvas, x vg.Length, s draw.LineStyle, word string, align text.XAlignment) {
	c.StrokeLine2(s, x, c.Min.Y, x, c.Max.Y)
	t := label(small, Muted)
	t.XAlign, t.YAlign = align, draw.YBottom
	c.FillText(t, vg.Point{X: x + 3 + 6*vg.Length(align), Y: c.Max.Y + 2}, word)
}

func (d dropsPlot) row(c *draw.Canvas, p *plot.Plot, r Drop, y vg.Length) {
	name := label(normal, Ink)
	name.XAlign = draw.XRight
	c.FillText(name, vg.Point{X: c.Min.X - 6, Y: y}, shorten(r.Label, name, labelWidth))
	number := label(normal, Ink)
	number.XAlign = draw.XRight
	c.FillText(number, vg.Point{X: c.Max.X + dropsValue, Y: y}, Signed(r.Value))
	c.FillText(bold(label(small, r.Colour)), vg.Point{X: c.Max.X + dropsValue + 8, Y: y}, r.Word)
	x, _ := p.Transforms(c)
	if !math.IsNaN(r.Lo) && !math.IsNaN(r.Hi) {
		lo, hi := max(r.Lo, p.X.Min), min(r.Hi, p.X.Max)
		s := line(1.4, r.Colour)
		c.StrokeLine2(s, x(lo), y, x(hi), y)
		intervalEnd(c, x(lo), y, r.Lo < p.X.Min, -1, s)
		intervalEnd(c, x(hi), y, r.Hi > p.X.Max, 1, s)
	}
	if r.Value >= p.X.Min && r.Value <= p.X.Max {
		c.DrawGlyph(draw.GlyphStyle{Color: r.Colour, Radius: 2.8, Shape: draw.CircleGlyph{}}, vg.Point{X: x(r.Value), Y: y})
	}
}

// intervalEnd is a cap, or an arrow where the interval goes on beyond the axis.
func intervalEnd(c *draw.Canvas, x, y vg.Length, beyond bool, way vg.Length, s draw.LineStyle) {
	if !beyond {
		c.StrokeLine2(s, x, y-2.5, x, y+2.5)
		return
	}
	c.StrokeLines(s, []vg.Point{{X: x - 4*way, Y: y - 3}, {X: x, Y: y}, {X: x - 4*way, Y: y + 3}})
}

// Signed writes a number with its sign: two decimals, fewer for large ones.
func Signed(v float64) string {
	decimals := 2
	if math.Abs(v) >= 100 {
		decimals = 1
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	switch {
	case s == strconv.FormatFloat(0, 'f', decimals, 64):
		return s
	case v < 0:
		return format.Minus("-" + s)
	}
	return "+" + s
}
