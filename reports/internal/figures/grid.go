package figures

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Point is one candidate of a search over the penalty C.
type Point struct {
	// C is positive.
	C float64
	// Value is the score on the data used to choose; Lo and Hi bound its
	// interval, or are NaN. All are fractions in [0, 1].
	Value, Lo, Hi float64
	// Selected marks the candidate that was chosen.
	Selected bool
}

// Search draws score against C on a logarithmic axis, the chosen candidate
// ringed and named. Points with a C that is not positive or a score that is
// not known are left out.
func Search(points []Point, axis string) Figure {
	points = slices.DeleteFunc(slices.Clone(points), func(p Point) bool {
		return !(p.C > 0) || math.IsInf(p.C, 0) || math.IsNaN(p.Value)
	})
	slices.SortStableFunc(points, func(a, b Point) int {
		switch {
		case a.C < b.C:
			return -1
		case a.C > b.C:
			return 1
		}
		return 0
	})
	return Figure{W: Width, H: 165, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = decades(points)
		p.X.Tick.Marker = cTicks(points)
		p.X.Label.Text = "C (logarithmic)"
		rows := make([]Row, len(points))
		for i, q := range points {
			rows[i] = Row{Value: q.Value, Lo: q.Lo, Hi: q.Hi}
		}
		p.Y.Min, p.Y.Max = span(rows)
		p.Y.Tick.Marker = percentTicks(p.Y.Min, p.Y.Max, 5)
		p.Y.Label.Text = axis
		p.Add(horizontalRules{}, searchPlot(points))
		p.Draw(draw.Crop(c, 0, -24, 0, -16))
	}}
}

// decades is the range of log10 C, a little wider than the points. The axis is
// linear in the logarithm: plot's own logarithmic scale cannot hold every C.
func decades(points []Point) (lo, hi float64) {
	if len(points) == 0 {
		return -1, 1
	}
	lo, hi = math.Log10(points[0].C), math.Log10(points[len(points)-1].C)
	margin := 0.04*(hi-lo) + 0.02
	return lo - margin, hi + margin
}

// cTicks labels each candidate, or only powers of ten when there are many.
func cTicks(points []Point) plot.ConstantTicks {
	var ts plot.ConstantTicks
	every := 1 + (len(points)-1)/9
	for i, q := range points {
		t := plot.Tick{Value: math.Log10(q.C)}
		if i%every == 0 {
			t.Label = strconv.FormatFloat(q.C, 'g', 3, 64)
		}
		ts = append(ts, t)
	}
	return ts
}

type searchPlot []Point

// Plot implements plot.Plotter.
func (d searchPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var path []vg.Point
	for _, q := range d {
		path = append(path, vg.Point{X: x(math.Log10(q.C)), Y: y(q.Value)})
	}
	c.StrokeLines(line(1.2, Blue), path)
	for i, q := range d {
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
	txt := "selected: C = " + strconv.FormatFloat(q.C, 'g', 3, 64) + ", " + Percent(q.Value, 2)
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
