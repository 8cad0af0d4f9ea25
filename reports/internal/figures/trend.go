package figures

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TrendPoint is one place of a trend, at the whole number X.
type TrendPoint struct {
	X int
	// Dots are the values behind Mean.
	Dots []float64
	Mean float64
}

// TrendLevel is a level that holds from one place to another.
type TrendLevel struct {
	From, To int
	Value    float64
	Colour   color.NRGBA
}

// TrendOptions say what a trend shows.
type TrendOptions struct {
	// Axis names the quantity, Labels the places 0, 1, 2, …
	Axis   string
	Labels []string
	// Levels are drawn through the points.
	Levels []TrendLevel
	// Reference, unless NaN, is drawn as a line over the whole width with the words Note.
	Reference float64
	Note      string
}

// Trend draws values by place: dots, and their means with a line through them. Points by ascending X.
func Trend(points []TrendPoint, o TrendOptions) Figure {
	return Figure{W: Width, H: 180, shrink: 0.3, grow: 0.4, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = -0.5, float64(max(1, len(o.Labels)))-0.5
		var places []LinesTick
		for i, l := range o.Labels {
			places = append(places, LinesTick{X: float64(i), Label: l})
		}
		p.X.Tick.Marker = LinesOptions{Ticks: places}.ticks(p.X.Min, p.X.Max, c.Max.X-c.Min.X-50)
		p.Y.Min, p.Y.Max = trendSpan(points, o)
		p.Y.Tick.Marker = numberTicks(p.Y.Min, p.Y.Max, 5)
		p.Y.Label.Text = shorten(o.Axis, p.Y.Label.TextStyle, c.Max.Y-c.Min.Y-40)
		p.Add(horizontalRules{}, trendPlot{points, o})
		p.Draw(draw.Crop(c, 0, -12, 0, -14))
	}}
}

// trendSpan is a range of round numbers around all that is drawn.
func trendSpan(points []TrendPoint, o TrendOptions) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	take := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	take(o.Reference)
	for _, q := range points {
		take(q.Mean)
		for _, v := range q.Dots {
			take(v)
		}
	}
	if lo > hi {
		return 0, 1
	}
	room := max(0.08*(hi-lo), 1e-3*max(math.Abs(lo), math.Abs(hi)), 1e-12)
	return lo - room, hi + room
}

type trendPlot struct {
	points []TrendPoint
	o      TrendOptions
}

// Plot implements plot.Plotter.
func (d trendPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	if !math.IsNaN(d.o.Reference) {
		at := y(d.o.Reference)
		c.StrokeLine2(dashed(0.9, Purple), c.Min.X, at, c.Max.X, at)
		s := label(small, Purple)
		s.XAlign, s.YAlign = draw.XRight, draw.YBottom
		c.FillText(s, vg.Point{X: c.Max.X, Y: c.Max.Y + 3}, d.o.Note)
	}
	var path []vg.Point
	for _, q := range d.points {
		for _, v := range q.Dots {
			c.DrawGlyph(draw.GlyphStyle{Color: fade(Blue, 0.5), Radius: 1.6, Shape: draw.CircleGlyph{}}, vg.Point{X: x(float64(q.X)), Y: y(v)})
		}
		path = append(path, vg.Point{X: x(float64(q.X)), Y: y(q.Mean)})
	}
	if len(path) > 1 {
		c.StrokeLines(line(0.8, fade(Blue, 0.6)), path)
	}
	for _, l := range d.o.Levels {
		c.StrokeLine2(line(2, l.Colour), x(float64(l.From)-0.4), y(l.Value), x(float64(l.To)+0.4), y(l.Value))
	}
	for _, at := range path {
		c.DrawGlyph(draw.GlyphStyle{Color: Blue, Radius: 2.6, Shape: draw.CircleGlyph{}}, at)
	}
}
