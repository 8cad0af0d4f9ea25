package figures

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Row is one line of Bars or Dots.
type Row struct {
	Label string
	// Value is a fraction in [0, 1]; Lo and Hi bound its interval, or are NaN
	// when none is known.
	Value, Lo, Hi float64
	// Strong rows are drawn in the full colour and a bold label.
	Strong bool
	// Quoted rows were not measured here: Dots draws them grey and hollow.
	Quoted bool
}

// end is the rightmost point of the row's mark.
func (r Row) end() float64 {
	if r.hasInterval() {
		return max(r.Value, r.Hi)
	}
	return r.Value
}

func (r Row) hasInterval() bool { return !math.IsNaN(r.Lo) && !math.IsNaN(r.Hi) }

// remark is what stands beside the row's number.
func (r Row) remark() string {
	switch {
	case r.Quoted:
		return "quoted"
	case r.hasInterval():
		return strconv.FormatFloat(100*r.Lo, 'f', 1, 64) + "–" + strconv.FormatFloat(100*r.Hi, 'f', 1, 64)
	}
	return ""
}

const (
	rowHeight = vg.Length(17)
	// axisHeight holds the numbers and the label of the axis below the rows.
	axisHeight = vg.Length(34)
	// labelWidth bounds the names on the left. The numbers stand in two columns
	// of valueWidth and remarkWidth right of the axis, where no mark crosses them.
	labelWidth  = vg.Length(186)
	valueWidth  = vg.Length(44)
	remarkWidth = vg.Length(50)
)

// MaxRows is the most rows that Bars and Dots draw in one figure, for that is
// what MaxHeight holds.
const MaxRows = 32

// rowsPlot draws rows from the top down, at heights n-1 … 0.
type rowsPlot struct {
	rows []Row
	mark func(c *draw.Canvas, p *plot.Plot, r Row, y vg.Length)
	ref  float64
	note string
}

// Plot implements plot.Plotter.
func (d rowsPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		c.StrokeLine2(line(0.5, Rule), x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
	}
	if d.ref > p.X.Min && d.ref < p.X.Max {
		c.StrokeLine2(dashed(0.8, Muted), x(d.ref), c.Min.Y, x(d.ref), c.Max.Y)
		s := label(small, Muted)
		s.XAlign, s.YAlign = draw.XLeft, draw.YBottom
		c.FillText(s, vg.Point{X: x(d.ref) + 3, Y: c.Max.Y}, d.note)
	}
	for i, r := range d.rows {
		yi := y(float64(len(d.rows) - 1 - i))
		d.mark(&c, p, r, yi)
		number := nameStyle(r)
		c.FillText(number, vg.Point{X: c.Max.X + valueWidth, Y: yi}, Percent(r.Value, 1))
		c.FillText(label(small, Muted), vg.Point{X: c.Max.X + valueWidth + 8, Y: yi}, r.remark())
		name := nameStyle(r)
		c.FillText(name, vg.Point{X: c.Min.X - 6, Y: yi}, shorten(r.Label, name, labelWidth))
	}
}

// nameStyle is the style of a row's label and number, aligned on the right.
func nameStyle(r Row) text.Style {
	s := label(normal, Ink)
	switch {
	case r.Quoted:
		s.Color = Quoted
	case r.Strong:
		s = bold(s)
	}
	s.XAlign = draw.XRight
	return s
}

// drawInterval is the line from Lo to Hi with a small cap at each end.
func drawInterval(c *draw.Canvas, p *plot.Plot, r Row, y vg.Length, s draw.LineStyle) {
	if !r.hasInterval() {
		return
	}
	x, _ := p.Transforms(c)
	lo, hi := x(r.Lo), x(r.Hi)
	c.StrokeLine2(s, lo, y, hi, y)
	c.StrokeLine2(s, lo, y-2.5, lo, y+2.5)
	c.StrokeLine2(s, hi, y-2.5, hi, y+2.5)
}

// rowsFigure lays out rows over the axis [lo, hi] of fractions.
func rowsFigure(d rowsPlot, lo, hi float64, axis string) Figure {
	top := vg.Length(4)
	if d.note != "" {
		top = 14
	}
	h := rowHeight*vg.Length(len(d.rows)) + axisHeight + top
	return Figure{W: Width, H: h, grow: 0.3, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = lo, hi
		p.X.Tick.Marker = percentTicks(lo, hi, 6)
		p.X.Label.Text = axis
		p.Y.Min, p.Y.Max = -0.5, float64(len(d.rows))-0.5
		p.Y.Tick.Marker = plot.ConstantTicks(nil)
		p.Y.LineStyle.Width = 0
		p.Add(d)
		p.Draw(draw.Crop(c, gutter(d.rows), -valueWidth-remarkWidth, 0, -top))
	}}
}

// gutter is the room that the labels of the rows need.
func gutter(rows []Row) vg.Length {
	var w vg.Length
	for _, r := range rows {
		w = max(w, nameStyle(r).Width(r.Label))
	}
	return min(w, labelWidth) + 8
}
