package figures

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// BarsOptions say what the bars show.
type BarsOptions struct {
	// Axis names the quantity, for example "test accuracy".
	Axis string
	// Chance, when above 0, is marked as the share that guessing gets.
	Chance float64
}

// Bars draws one horizontal bar per row, from 0, with its interval and number;
// at most MaxRows rows, the first on top. A row without a number (NaN) is left
// out; without any row the figure is empty.
func Bars(rows []Row, o BarsOptions) Figure {
	rows = known(rows)
	top := 0.1
	for _, r := range rows {
		top = max(top, r.end())
	}
	step := niceStep(top, 6)
	d := rowsPlot{rows: rows, mark: bar}
	if o.Chance > 0 {
		d.ref, d.note = o.Chance, "chance "+Percent(o.Chance, 1)
	}
	return rowsFigure(d, 0, min(1, step*math.Ceil(top/step)), o.Axis)
}

func bar(c *draw.Canvas, p *plot.Plot, r Row, y vg.Length) {
	x, _ := p.Transforms(c)
	fill := fade(Blue, 0.55)
	if r.Strong {
		fill = Blue
	}
	half := rowHeight * 0.32
	c.FillPolygon(fill, []vg.Point{
		{X: x(0), Y: y - half}, {X: x(r.Value), Y: y - half},
		{X: x(r.Value), Y: y + half}, {X: x(0), Y: y + half},
	})
	drawInterval(c, p, r, y, line(1, Ink))
}

// known drops rows without a number and rows beyond MaxRows.
func known(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		if !math.IsNaN(r.Value) && len(out) < MaxRows {
			out = append(out, r)
		}
	}
	return out
}
