package figures

import (
	"cmp"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// RidgeLook is the part that a histogram of Ridges plays; it decides the colour.
type RidgeLook int

const (
	// Judged is what the picture is about, drawn in the first colour.
	Judged RidgeLook = iota
	// Reference is what it is compared with.
	Reference
	// Control is a case whose answer is known.
	Control
)

// Ridge is one histogram of Ridges.
type Ridge struct {
	// Label stands on the left, Note on the right.
	Label, Note string
	// Counts are the numbers of cases, one per bin.
	Counts []int
	// Look decides the colour.
	Look RidgeLook
}

// RidgesOptions say what the histograms count.
type RidgesOptions struct {
	// Lo is the lower edge of the first bin, Width the width of each.
	Lo, Width float64
	// Axis names the quantity.
	Axis string
	// Mark, when not NaN, is a value marked with a dashed line through all histograms,
	// MarkNote what stands above the line.
	Mark     float64
	MarkNote string
}

// MaxRidges is the most histograms that Ridges draws in one figure.
const MaxRidges = 16

const (
	ridgeHeight = vg.Length(25)
	// ridgeFill is the part of ridgeHeight that the highest bar takes.
	ridgeFill = 0.8
	// leastBar is the height of a bar of one case, so that it can be seen.
	leastBar = vg.Length(1.6)
	// ridgeNote is the room for the notes on the right.
	ridgeNote = vg.Length(96)
)

// Ridges draws histograms of one quantity below one another on one axis, each named on its
// left. The height of a bar grows with the square root of its share of the row, so that a few
// cases apart from the others can be seen; any bar is at least as high as a thin line.
func Ridges(rows []Ridge, o RidgesOptions) Figure {
	rows = rows[:min(len(rows), MaxRidges)]
	bins := 1
	for _, r := range rows {
		bins = max(bins, len(r.Counts))
	}
	if !(o.Width > 0) || math.IsInf(o.Width, 0) {
		o.Width = 1 / float64(bins)
	}
	top := vg.Length(4)
	if o.marked() {
		top = 14
	}
	h := ridgeHeight*vg.Length(len(rows)) + axisHeight + top
	return Figure{W: Width, H: h, shrink: 0.2, grow: 0.3, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = o.Lo, o.Lo+o.Width*float64(bins)
		p.X.Tick.Marker = numberTicks(p.X.Min, p.X.Max, 6)
		p.X.Label.Text = shorten(o.Axis, p.X.Label.TextStyle, Width-ridgeGutter(rows)-ridgeNote)
		p.Y.Min, p.Y.Max = 0, float64(max(1, len(rows)))
		p.Y.Tick.Marker = plot.ConstantTicks(nil)
		p.Y.LineStyle.Width = 0
		p.Add(ridgesPlot{rows, o})
		p.Draw(draw.Crop(c, ridgeGutter(rows), -ridgeNote, 0, -top))
	}}
}

// name is the style of the label.
func (r Ridge) name() text.Style {
	s := label(normal, Ink)
	if r.Look == Judged {
		s = bold(s)
	}
	s.XAlign = draw.XRight
	return s
}

// marked reports whether there is a value to mark.
func (o RidgesOptions) marked() bool { return !math.IsNaN(o.Mark) && !math.IsInf(o.Mark, 0) }

// ridgeGutter is the room that the names need.
func ridgeGutter(rows []Ridge) vg.Length {
	var w vg.Length
	for _, r := range rows {
		w = max(w, r.name().Width(r.Label))
	}
	return min(w, labelWidth) + 8
}

type ridgesPlot struct {
	rows []Ridge
	o    RidgesOptions
}

// Plot implements plot.Plotter.
func (d ridgesPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		c.StrokeLine2(line(0.5, Rule), x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	for i, r := range d.rows {
		base := y(float64(len(d.rows) - 1 - i))
		d.bars(&c, p, r, base, y(float64(len(d.rows)-i))-base)
		c.StrokeLine2(line(0.6, Rule), c.Min.X, base, c.Max.X, base)
		name := r.name()
		middle := base + ridgeHeight*0.32
		c.FillText(name, vg.Point{X: c.Min.X - 6, Y: middle}, shorten(r.Label, name, labelWidth))
		note := label(small, Muted)
		c.FillText(note, vg.Point{X: c.Max.X + 8, Y: middle}, shorten(r.Note, note, ridgeNote-8))
	}
	if d.o.marked() && d.o.Mark >= p.X.Min && d.o.Mark <= p.X.Max {
		d.mark(&c, x(d.o.Mark))
	}
}

// bars draws one histogram above base, in a row that is high.
func (d ridgesPlot) bars(c *draw.Canvas, p *plot.Plot, r Ridge, base, high vg.Length) {
	most := 0
	for _, n := range r.Counts {
		most = max(most, n)
	}
	x, _ := p.Transforms(c)
	for i, n := range r.Counts {
		if n <= 0 {
			continue
		}
		lo := d.o.Lo + float64(i)*d.o.Width
		left, right := x(lo), x(lo+d.o.Width)
		top := base + max(leastBar, ridgeFill*high*vg.Length(math.Sqrt(float64(n)/float64(most))))
		c.FillPolygon(r.Look.colour(), []vg.Point{{X: left, Y: base}, {X: right, Y: base}, {X: right, Y: top}, {X: left, Y: top}})
	}
}

// mark draws the dashed line and the note above it, on the side that has room.
func (d ridgesPlot) mark(c *draw.Canvas, at vg.Length) {
	c.StrokeLine2(dashed(0.9, Ink), at, c.Min.Y, at, c.Max.Y)
	s := label(small, Muted)
	s.YAlign = draw.YBottom
	note := cmp.Or(d.o.MarkNote, strconv.FormatFloat(d.o.Mark, 'g', 3, 64))
	pt, room := vg.Point{X: at + 3, Y: c.Max.Y}, c.Max.X+ridgeNote-at-3
	if left := at - 3 - c.Min.X; s.Width(note) > room && left > room {
		s.XAlign, pt.X, room = draw.XRight, at-3, left
	}
	c.FillText(s, pt, shorten(note, s, room))
}

// colour is the colour of a look.
func (l RidgeLook) colour() color.NRGBA {
	switch l {
	case Judged:
		return Blue
	case Control:
		return Orange
	}
	return Quoted
}
