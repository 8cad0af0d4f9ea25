package figures

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// end is the right end of a curve, where its name stands.
type end struct {
	name   string
	colour color.NRGBA
	y      vg.Length
}

// drawEnds writes the names of curves beside their ends, pushed apart where
// they would lie on one another and kept within the height of the canvas.
func drawEnds(c *draw.Canvas, ends []end) {
	const apart = vg.Length(normal * 1.25)
	slices.SortStableFunc(ends, func(a, b end) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	for i := 1; i < len(ends); i++ {
		if gap := ends[i].y - ends[i-1].y; gap < apart {
			ends[i-1].y -= (apart - gap) / 2
			ends[i].y += (apart - gap) / 2
		}
	}
	if n := len(ends); n > 0 {
		shift := max(0, c.Min.Y-ends[0].y) - max(0, ends[n-1].y-c.Max.Y)
		for i := range ends {
			ends[i].y += shift
		}
	}
	for _, e := range ends {
		c.FillText(bold(label(normal, e.colour)), vg.Point{X: c.Max.X + 6, Y: e.y}, e.name)
	}
}
