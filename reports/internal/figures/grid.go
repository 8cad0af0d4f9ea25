package figures

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Point is one candidate of a search over one number.
type Point struct {
	// X is the candidate, positive.
	X float64
	// Value is the score on the data used to choose; Lo and Hi bound its
	// interval, or are NaN. All are fractions in [0, 1].
	Value, Lo, Hi float64
	// Selected marks the candidate that was chosen.
	Selected bool
}

// SearchOptions say what was searched.
type SearchOptions struct {
	// Axis names the score, Name the number that was searched; "" means "C".
	Axis, Name string
}

// Search draws score against the candidates on a logarithmic axis, the chosen
// one ringed and named. Points whose X is not positive or whose score is not
// known are left out.
func Search(points []Point, o SearchOptions) Figure {
	o.Name = cmp.Or(o.Name, "C")
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool {
		return !(p.X > 0) || math.IsInf(p.X, 0) || math.IsNaN(p.Value)
	})
	slices.SortStableFunc(points, func(a, b Point) int {
		return cmp.Compare(a.X, b.X)
	})
	return Figure{W: Width, H: 165, shrink: 0.2, grow: 0.4, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = decades(points)
		p.X.Tick.Marker = candidateTicks(points)
		p.X.Label.Text = o.Name + " (logarithmic)"
		rows := make([]Row, len(points))
		for i, q := range points {
			rows[i] = Row{Value: q.Value, Lo: q.Lo, Hi: q.Hi}
		}
		p.Y.Min, p.Y.Max = span(rows)
		p.Y.Tick.Marker = percentTicks(p.Y.Min, p.Y.Max, 5)
		p.Y.Label.Text = shorten(o.Axis, p.Y.Label.TextStyle, c.Max.Y-c.Min.Y-50) // beside the axis
		p.Add(horizontalRules{}, searchPlot{points, o.Name})
		p.Draw(draw.Crop(c, 0, -24, 0, -16))
	}}
}

// decades is the range of log10 X, a little wider than the points. The axis is
// linear in the logarithm: plot's own logarithmic scale cannot hold every float.
func decades(points []Point) (lo, hi float64) {
	if len(points) == 0 {
		return -1, 1
	}
	lo, hi = math.Log10(points[0].X), math.Log10(points[len(points)-1].X)
	margin := 0.04*(hi-lo) + 0.02
	return lo - margin, hi + margin
}

// candidateTicks labels each candidate, or only powers of ten when there are many.
func candidateTicks(points []Point) plot.ConstantTicks {
	var ts plot.ConstantTicks
	every := 1 + (len(points)-1)/9
	for i, q := range points {
		t := plot.Tick{Value: math.Log10(q.X)}
		if i%every == 0 {
			t.Label = strconv.FormatFloat(q.X, 'g', 3, 64)
		}
		ts = append(ts, t)
	}
	return ts
}

type searchPlot struct {
	points []Point
	name   string
}

// Plot implements plot.Plotter.
func (d searchPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var path []vg.Point
	for _, q := range d.points {
		path = append(path, vg.Point{X: x(math.Log10(q.X)), Y: y(q.Value)})
	}
	c.StrokeLines(line(1.2, Blue), path)
	for i, q := range d.points {
		if !math.IsNaN(q.Lo) && !math.IsNaN(q.Hi) {
			c.StrokeLine2(line(0.9, Blue), path[i].X, y(q.Lo), path[i].X, y(q.Hi))
		}
		c.DrawGlyph(draw.GlyphStyle{Color: Blue, Radius: 2.4, Shape: draw.CircleGlyph{}}, path[i])
		if q.Selected {
			d.markSelected(&c, q, path[i])
		}
	}
}

func (d searchPlot) markSelected(c *draw.Canvas, q Point, at vg.Point) {
	ring := draw.GlyphStyle{Color: Orange, Radius: 5.5, Shape: draw.RingGlyph{}}
	c.DrawGlyph(ring, at)
	s := bold(label(normal, Orange))
	s.YAlign = draw.YBottom
	txt := "selected: " + d.name + " = " + strconv.FormatFloat(q.X, 'g', 3, 64) + ", " + Percent(q.Value, 2)
	w := s.Width(txt)
	// Kept inside the axes at either side.
	left := min(max(at.X-w/2, c.Min.X), c.Max.X-w)
	c.FillText(s, vg.Point{X: left, Y: c.Max.Y + 2}, txt)
	c.StrokeLine2(dashed(0.7, Orange), at.X, at.Y+6, at.X, c.Max.Y)
}

// horizontalRules draws a faint line at each tick of the vertical axis.
type horizontalRules struct{}

// Plot implements plot.Plotter.
func (horizontalRules) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		c.StrokeLine2(line(0.5, Rule), c.Min.X, y(t.Value), c.Max.X, y(t.Value))
	}
}
