package figures

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// placeName writes a name beside its point: on the right or, where there is no room, on the left, moved up
// or down until it covers nothing that is there and no part of the line through the points joined. A name
// that moved far is joined to its point. The result is where it stands.
func placeName(c *draw.Canvas, name string, at vg.Point, others []vg.Rectangle, joined []vg.Point) vg.Rectangle {
	style := label(small, Ink)
	name = shorten(name, style, 170)
	w, h := style.Width(name), vg.Length(small)+1
	box := vg.Rectangle{Min: vg.Point{X: at.X + 6, Y: at.Y - h/2}, Max: vg.Point{X: at.X + 6 + w, Y: at.Y + h/2}}
	free := func(b vg.Rectangle) bool {
		return !crossed(b, joined) && !slices.ContainsFunc(others, func(o vg.Rectangle) bool { return overlap(b, o) })
	}
	if all := places(c, at, w, h); len(all) > 0 {
		box = all[max(0, slices.IndexFunc(all, free))]
	}
	middle := (box.Min.Y + box.Max.Y) / 2
	if end := (vg.Point{X: box.Min.X - 1, Y: middle}); math.Abs(float64(middle-at.Y)) > 2*float64(h) {
		if box.Min.X < at.X {
			end.X = box.Max.X + 1
		}
		c.StrokeLine2(line(0.5, fade(Ink, 0.45)), at.X, at.Y, end.X, end.Y)
	}
	c.FillText(style, vg.Point{X: box.Min.X, Y: middle}, name)
	return box
}

// places are where a name of that size may stand inside the figure, the nearest to its point first.
func places(c *draw.Canvas, at vg.Point, w, h vg.Length) (out []vg.Rectangle) {
	for step := range 8 * MaxRows {
		shift := h / 2 * vg.Length((step+1)/2)
		if step%2 == 0 {
			shift = -shift
		}
		shift += 0.75 * h // above the line that joins the points
		for _, left := range []vg.Length{at.X + 6, at.X - 6 - w} {
			box := vg.Rectangle{Min: vg.Point{X: left, Y: at.Y + shift - h/2}, Max: vg.Point{X: left + w, Y: at.Y + shift + h/2}}
			if box.Min.X >= c.Min.X && box.Max.X <= c.Max.X && box.Min.Y >= c.Min.Y && box.Max.Y <= c.Max.Y+6 {
				out = append(out, box)
			}
		}
	}
	return out
}

func overlap(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}

// crossed reports whether a line through points, from left to right, passes through a box.
func crossed(box vg.Rectangle, points []vg.Point) bool {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		from, to := max(a.X, box.Min.X), min(b.X, box.Max.X)
		if from > to {
			continue
		}
		height := func(x vg.Length) vg.Length {
			if b.X == a.X {
				return b.Y
			}
			return a.Y + (b.Y-a.Y)*(x-a.X)/(b.X-a.X)
		}
		if lo, hi := min(height(from), height(to)), max(height(from), height(to)); b.X > a.X && lo < box.Max.Y && hi > box.Min.Y {
			return true
		} else if b.X == a.X && min(a.Y, b.Y) < box.Max.Y && max(a.Y, b.Y) > box.Min.Y {
			return true
		}
	}
	return false
}
