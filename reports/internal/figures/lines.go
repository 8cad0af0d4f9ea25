package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// LinesPoint is a value with its interval.
type LinesPoint struct {
	X float64
	// Value is a fraction in [0, 1]; Lo and Hi bound its interval, or are NaN.
	Value, Lo, Hi float64
	// Apart leaves the point out of the line through the others.
	Apart bool
}

// Line is one series of Lines, its points by ascending X.
type Line struct {
	Name   string
	Points []LinesPoint
}

// LinesTick marks a place of the horizontal axis. Where the labels of all ticks
// do not fit, Short stands in their place ("" means Label), and where these do
// not fit either, some are left out.
type LinesTick struct {
	X            float64
	Label, Short string
}

// LinesOptions say what the lines show.
type LinesOptions struct {
	// Axis and XAxis name the quantities.
	Axis, XAxis string
	// Log makes the horizontal axis logarithmic.
	Log bool
	// Ticks are by ascending X.
	Ticks []LinesTick
	// Span, when there are any, are the lines that the axes hold, so that
	// several figures share them.
	Span []Line
}

// MaxLines is the most lines that Lines draws in one figure.
const MaxLines = 6

// lineLooks tell the lines apart by colour and by mark.
var lineLooks = [MaxLines]struct {
	colour color.NRGBA
	mark   draw.GlyphDrawer
}{
	{Blue, draw.CircleGlyph{}},
	{Orange, draw.BoxGlyph{}},
	{Green, draw.PyramidGlyph{}},
	{Purple, draw.RingGlyph{}},
	{Ink, draw.SquareGlyph{}},
	{Muted, draw.TriangleGlyph{}},
}

// Lines draws up to MaxLines series of values with their intervals over a
// common axis, each named on the right at the height of its last point. Points
// without a number, or with an X that a logarithmic axis does not hold, are
// left out. Series are moved aside by a little so that intervals at one X can
// be told apart.
func Lines(lines []Line, o LinesOptions) Figure {
	if len(o.Span) == 0 {
		o.Span = lines
	}
	lines = o.clean(lines[:min(len(lines), MaxLines)])
	return Figure{W: Width, H: 215, shrink: 0.3, grow: 0.4, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = o.xRange()
		p.X.Label.Text = o.XAxis
		right := linesNames(lines) + 18
		// The ticks are laid out for the width that is left, roughly, for the
		// labels of the other axis.
		p.X.Tick.Marker = o.ticks(p.X.Min, p.X.Max, c.Max.X-c.Min.X-right-50)
		p.Y.Min, p.Y.Max = span(linesRows(o.clean(o.Span)))
		p.Y.Tick.Marker = percentTicks(p.Y.Min, p.Y.Max, 5)
		p.Y.Label.Text = shorten(o.Axis, p.Y.Label.TextStyle, c.Max.Y-c.Min.Y-50) // beside the axis
		p.Add(horizontalRules{}, linesPlot{lines: lines, o: o})
		p.Draw(draw.Crop(c, 0, -right, 0, -8))
	}}
}

// clean drops the points that cannot be drawn.
func (o LinesOptions) clean(lines []Line) []Line {
	var out []Line
	for _, l := range lines {
		kept := Line{Name: l.Name}
		for _, q := range l.Points {
			if x := o.at(q.X); !math.IsNaN(q.Value) && !math.IsNaN(x) && !math.IsInf(x, 0) {
				kept.Points = append(kept.Points, q)
			}
		}
		if len(kept.Points) > 0 {
			out = append(out, kept)
		}
	}
	return out
}

// at is the place of x on the axis, which is linear in it: plot's own
// logarithmic scale cannot hold every number.
func (o LinesOptions) at(x float64) float64 {
	switch {
	case !o.Log:
		return x
	case x > 0:
		return math.Log10(x)
	}
	return math.NaN()
}

// xRange holds all points and ticks with a margin.
func (o LinesOptions) xRange() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range o.clean(o.Span) {
		for _, q := range l.Points {
			lo, hi = min(lo, o.at(q.X)), max(hi, o.at(q.X))
		}
	}
	if lo > hi {
		return 0, 1
	}
	margin := 0.05*(hi-lo) + 0.02
	return lo - margin, hi + margin
}

// ticks labels the places inside the range so that no two labels touch on an
// axis of width w.
func (o LinesOptions) ticks(lo, hi float64, w vg.Length) plot.ConstantTicks {
	var long, short plot.ConstantTicks
	for _, t := range o.Ticks {
		x := o.at(t.X)
		if !(x >= lo && x <= hi) {
			continue
		}
		if t.Short == "" {
			t.Short = t.Label
		}
		long = append(long, plot.Tick{Value: x, Label: t.Label})
		short = append(short, plot.Tick{Value: x, Label: t.Short})
	}
	fits := func(ts plot.ConstantTicks) bool {
		var end vg.Length = -1e9
		for _, t := range ts {
			if t.Label == "" {
				continue
			}
			at := w * vg.Length((t.Value-lo)/(hi-lo))
			half := label(small, Muted).Width(t.Label)/2 + 3
			if at-half < end {
				return false
			}
			end = at + half
		}
		return true
	}
	if fits(long) {
		return long
	}
	for every := 1; every < len(short); every++ {
		ts := thinned(short, every)
		if fits(ts) {
			return ts
		}
	}
	return thinned(short, max(1, len(short)))
}

// thinned keeps every n-th label and the last.
func thinned(ts plot.ConstantTicks, every int) plot.ConstantTicks {
	out := make(plot.ConstantTicks, len(ts))
	for i, t := range ts {
		// The last tick takes the place of ticks close before it.
		if last := len(ts) - 1; i != last && (i%every != 0 || last-i < every) {
			t.Label = ""
		}
		out[i] = t
	}
	return out
}

// linesNameWidth bounds the names on the right.
const linesNameWidth = vg.Length(130)

// linesNames is the width that the names need.
func linesNames(lines []Line) (w vg.Length) {
	for _, l := range lines {
		w = max(w, bold(label(normal, Ink)).Width(l.Name))
	}
	return min(w, linesNameWidth)
}

func linesRows(lines []Line) []Row {
	var rows []Row
	for _, l := range lines {
		for _, q := range l.Points {
			rows = append(rows, Row{Value: q.Value, Lo: q.Lo, Hi: q.Hi})
		}
	}
	return rows
}

type linesPlot struct {
	lines []Line
	o     LinesOptions
}

// Plot implements plot.Plotter.
func (d linesPlot) Plot(c draw.Canvas, p *plot.Plot) {
	var ends []end
	for i, l := range d.lines {
		look := lineLooks[i]
		at := d.stroke(&c, p, i)
		name := bold(label(normal, look.colour))
		ends = append(ends, end{
			name: shorten(l.Name, name, linesNameWidth), colour: look.colour, mark: look.mark, y: at.Y,
		})
	}
	drawEnds(&c, ends)
}

// stroke draws series i and returns its last point.
func (d linesPlot) stroke(c *draw.Canvas, p *plot.Plot, i int) vg.Point {
	x, y := p.Transforms(c)
	look := lineLooks[i]
	aside := vg.Length(2.2 * (float64(i) - float64(len(d.lines)-1)/2))
	var path, marks []vg.Point
	for _, q := range d.lines[i].Points {
		at := vg.Point{X: x(d.o.at(q.X)) + aside, Y: y(q.Value)}
		if !math.IsNaN(q.Lo) && !math.IsNaN(q.Hi) {
			lo, hi := y(max(q.Lo, p.Y.Min)), y(min(q.Hi, p.Y.Max))
			c.StrokeLine2(line(0.9, look.colour), at.X, lo, at.X, hi)
			c.StrokeLine2(line(0.9, look.colour), at.X-1.8, lo, at.X+1.8, lo)
			c.StrokeLine2(line(0.9, look.colour), at.X-1.8, hi, at.X+1.8, hi)
		}
		marks = append(marks, at)
		if !q.Apart {
			path = append(path, at)
		}
	}
	if len(path) > 1 {
		c.StrokeLines(line(1.1, fade(look.colour, 0.6)), path)
	}
	for _, m := range marks {
		c.DrawGlyph(draw.GlyphStyle{Color: look.colour, Radius: 2.6, Shape: look.mark}, m)
	}
	return marks[len(marks)-1]
}
