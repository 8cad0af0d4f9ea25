package figures

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// CostPoint is what one encoder reached at what cost.
type CostPoint struct {
	Label string
	// Cost is the cost, above 0; Value is what was reached, a fraction, with the interval Lo to Hi,
	// NaN where there is none.
	Cost, Value, Lo, Hi float64
}

// CostsOptions name the axes.
type CostsOptions struct {
	// Cost and Value name the quantities, for example "multiply-adds per image" and "accuracy".
	Cost, Value string
}

// costsHeight is the height of the figure without its axis.
const costsHeight = vg.Length(190)

// Costs draws what encoders reach against what they cost: a dot with its interval for each, its name
// beside it. The axis of the cost is logarithmic, as networks differ by orders of magnitude. A line
// joins the encoders than which no cheaper one is better. At most MaxRows points, the cheapest first.
func Costs(points []CostPoint, o CostsOptions) Figure {
	kept := cheapest(points)
	var rows []Row
	for _, p := range kept {
		rows = append(rows, Row{Value: p.Value, Lo: p.Lo, Hi: p.Hi})
	}
	return Figure{W: Width, H: costsHeight + axisHeight, grow: 0.3, draw: func(c draw.Canvas) {
		p := newPlot()
		p.X.Min, p.X.Max = costSpan(kept)
		p.X.Tick.Marker = costTicks(p.X.Min, p.X.Max)
		p.X.Label.Text = o.Cost
		p.Y.Min, p.Y.Max = span(rows)
		p.Y.Tick.Marker = percentTicks(p.Y.Min, p.Y.Max, 5)
		p.Y.Label.Text = o.Value
		p.Add(costsPlot(kept))
		p.Draw(draw.Crop(c, 0, -8, 0, -6))
	}}
}

// cheapest are the points that are drawn, the cheapest first.
func cheapest(points []CostPoint) []CostPoint {
	var kept []CostPoint
	for _, p := range points {
		if p.Cost > 0 && !math.IsInf(p.Cost, 0) && !math.IsNaN(p.Value) {
			kept = append(kept, p)
		}
	}
	slices.SortStableFunc(kept, func(a, b CostPoint) int { return compare(a.Cost, b.Cost) })
	return kept[:min(len(kept), MaxRows)]
}

// Front is the number of points that the line of the figure joins.
func Front(points []CostPoint) int { return len(front(cheapest(points))) }

// front are the places of the points than which no cheaper one is better.
func front(sorted []CostPoint) (at []int) {
	best := math.Inf(-1)
	for i, p := range sorted {
		if p.Value > best {
			best, at = p.Value, append(at, i)
		}
	}
	return at
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// costSpan are the powers of ten of the axis, with room for a name beside the last point.
func costSpan(points []CostPoint) (lo, hi float64) {
	if len(points) == 0 {
		return 0, 1
	}
	lo, hi = math.Log10(points[0].Cost), math.Log10(points[len(points)-1].Cost)
	room := max(0.15, 0.06*(hi-lo))
	return lo - room, hi + 3*room
}

// costTicks are 1, 2 and 5 times powers of ten, of long axes the powers alone.
func costTicks(lo, hi float64) plot.ConstantTicks {
	var ts plot.ConstantTicks
	for e := math.Floor(lo); e <= hi; e++ {
		for _, m := range []float64{1, 2, 5} {
			if at := e + math.Log10(m); at >= lo && at <= hi && (m == 1 || hi-lo < 2.5) {
				ts = append(ts, plot.Tick{Value: at, Label: costText(m * math.Pow(10, e))})
			}
		}
	}
	return ts
}

// costText writes a cost briefly: 500k, 20M, 4G.
func costText(v float64) string {
	units := []struct {
		of   float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}
	for _, u := range units {
		if v >= u.of*(1-1e-9) {
			return strconv.FormatFloat(v/u.of, 'g', 3, 64) + u.name
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// costsPlot holds the points, the cheapest first.
type costsPlot []CostPoint

// Plot implements plot.Plotter.
func (ps costsPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		c.StrokeLine2(line(0.5, Rule), c.Min.X, y(t.Value), c.Max.X, y(t.Value))
	}
	var joined []vg.Point
	for _, i := range front(ps) {
		joined = append(joined, vg.Point{X: x(math.Log10(ps[i].Cost)), Y: y(ps[i].Value)})
	}
	if len(joined) > 1 {
		c.StrokeLines(line(1, fade(Blue, 0.35)), joined)
	}
	var taken []vg.Rectangle // by intervals and names
	for _, point := range ps {
		at := vg.Point{X: x(math.Log10(point.Cost)), Y: y(point.Value)}
		box := vg.Rectangle{Min: vg.Point{X: at.X - 4, Y: at.Y - 4}, Max: vg.Point{X: at.X + 4, Y: at.Y + 4}}
		if !math.IsNaN(point.Lo) && !math.IsNaN(point.Hi) {
			box.Min.Y, box.Max.Y = y(point.Lo), y(point.Hi)
		}
		taken = append(taken, box)
	}
	for _, point := range ps {
		at := vg.Point{X: x(math.Log10(point.Cost)), Y: y(point.Value)}
		if !math.IsNaN(point.Lo) && !math.IsNaN(point.Hi) {
			s, lo, hi := line(1.2, Blue), y(point.Lo), y(point.Hi)
			c.StrokeLine2(s, at.X, lo, at.X, hi)
			c.StrokeLine2(s, at.X-2.5, lo, at.X+2.5, lo)
			c.StrokeLine2(s, at.X-2.5, hi, at.X+2.5, hi)
		}
		c.DrawGlyph(draw.GlyphStyle{Color: Blue, Radius: 2.8, Shape: draw.CircleGlyph{}}, at)
		taken = append(taken, placeName(&c, point.Label, at, taken, joined))
	}
}
