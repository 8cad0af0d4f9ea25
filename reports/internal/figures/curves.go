package figures

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Series is one curve over the steps of a training.
type Series struct {
	Name string
	// Y holds one value per step, NaN where it was not logged.
	Y []float64
}

// CurvesOptions say how curves are drawn.
type CurvesOptions struct {
	// Axis names the quantity.
	Axis string
	// Share makes the vertical axis the fractions 0 … 1 as percent; otherwise
	// it holds the values, without their rarest hundredth at the far end.
	Share bool
	// Reference, when not 0, is a value marked with a dashed line, which ReferenceName names
	// at its right end; "" leaves it without a name.
	Reference     float64
	ReferenceName string
	// Plain draws every value as a dot of a strong line, and smooths none: for few values
	// without noise.
	Plain bool
	// About lets the axis hold the values and the reference, and not begin at 0: for values
	// whose differences are small beside them.
	About bool
}

// curveColours colour the first two series, the only ones that Curves draws.
var curveColours = [...]color.NRGBA{Blue, Orange}

// Curves draws up to two series over xs (steps, ascending): every value faint,
// and over it the median of Window(len(xs)) neighbours, named at its right end.
// Values beyond the axis are drawn on its edge.
func Curves(xs []float64, series []Series, o CurvesOptions) Figure {
	series = series[:min(len(series), len(curveColours))]
	return Figure{W: Width, H: 170, shrink: 0.15, grow: 0.4, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = stepRange(xs)
		p.X.Tick.Marker = countTicks(p.X.Min, p.X.Max, 7)
		p.X.Label.Text = "training step"
		p.Y.Label.Text = shorten(o.Axis, p.Y.Label.TextStyle, c.Max.Y-c.Min.Y-50) // beside the axis
		switch {
		case o.Share:
			p.Y.Min, p.Y.Max = 0, 1
			p.Y.Tick.Marker = quarters
		case o.About:
			p.Y.Min, p.Y.Max = rangeAbout(series, o.Reference)
			p.Y.Tick.Marker = numberTicks(p.Y.Min, p.Y.Max, 5)
		default:
			p.Y.Min, p.Y.Max = valueRange(series)
			p.Y.Tick.Marker = numberTicks(p.Y.Min, p.Y.Max, 5)
		}
		p.Add(horizontalRules{}, curvesPlot{xs: xs, series: series, o: o})
		p.Draw(draw.Crop(c, 0, -endWidth(slices.Concat(series, []Series{{Name: o.ReferenceName}})), 0, -6))
	}}
}

// endWidth is the room right of the axes for the names of the series.
func endWidth(series []Series) vg.Length {
	w := vg.Length(12)
	for _, s := range series {
		w = max(w, bold(label(normal, Ink)).Width(s.Name)+8)
	}
	return min(w, 110)
}

type curvesPlot struct {
	xs     []float64
	series []Series
	o      CurvesOptions
}

// Plot implements plot.Plotter.
func (d curvesPlot) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	if r := d.o.Reference; r > p.Y.Min && r < p.Y.Max {
		c.StrokeLine2(dashed(0.8, Muted), c.Min.X, y(r), c.Max.X, y(r))
	}
	var ends []end
	window := Window(len(d.xs))
	if d.o.Plain {
		window = 1
	} else {
		for i, s := range d.series {
			d.stroke(&c, p, s.Y, fade(curveColours[i], 0.28), 0.5)
		}
	}
	for i, s := range d.series {
		ys := smooth(s.Y, window)
		d.stroke(&c, p, ys, curveColours[i], 1.6)
		if d.o.Plain {
			d.dots(&c, p, ys, curveColours[i])
		}
		if v, ok := last(ys); ok {
			ends = append(ends, end{name: s.Name, colour: curveColours[i], y: y(clamp(v, p))})
		}
	}
	if d.o.ReferenceName != "" && d.o.Reference > p.Y.Min && d.o.Reference < p.Y.Max {
		ends = append(ends, end{name: d.o.ReferenceName, colour: Muted, y: y(d.o.Reference)})
	}
	drawEnds(&c, ends)
}

// stroke draws the points as lines, broken at NaN; a point without neighbours
// is drawn as a dot, for a line of one point would not be seen.
func (d curvesPlot) stroke(c *draw.Canvas, p *plot.Plot, ys []float64, col color.Color, width float64) {
	x, y := p.Transforms(c)
	tx, ty := thin(d.xs, ys)
	var run []vg.Point
	flush := func() {
		if len(run) == 1 {
			c.DrawGlyph(draw.GlyphStyle{Color: col, Radius: vg.Points(1.2 + width/2), Shape: draw.CircleGlyph{}}, run[0])
		} else {
			c.StrokeLines(line(width, col), run)
		}
		run = nil
	}
	for i := range tx {
		if math.IsNaN(ty[i]) {
			flush()
			continue
		}
		run = append(run, vg.Point{X: x(tx[i]), Y: y(clamp(ty[i], p))})
	}
	flush()
}

// maxDots is the number of values above which dots would run into one another.
const maxDots = 80

// dots marks the values of a curve of few.
func (d curvesPlot) dots(c *draw.Canvas, p *plot.Plot, ys []float64, col color.Color) {
	if len(ys) > maxDots {
		return
	}
	x, y := p.Transforms(c)
	for i, v := range ys {
		if !math.IsNaN(v) {
			c.DrawGlyph(draw.GlyphStyle{Color: col, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}, vg.Point{X: x(d.xs[i]), Y: y(clamp(v, p))})
		}
	}
}

// clamp keeps v on the vertical axis.
func clamp(v float64, p *plot.Plot) float64 { return min(max(v, p.Y.Min), p.Y.Max) }

// last is the last value that is known.
func last(ys []float64) (float64, bool) {
	for i := len(ys) - 1; i >= 0; i-- {
		if !math.IsNaN(ys[i]) {
			return ys[i], true
		}
	}
	return 0, false
}

// quarters divide an axis of shares.
var quarters = plot.ConstantTicks{
	{Value: 0, Label: "0 %"}, {Value: 0.25, Label: "25 %"}, {Value: 0.5, Label: "50 %"},
	{Value: 0.75, Label: "75 %"}, {Value: 1, Label: "100 %"},
}
