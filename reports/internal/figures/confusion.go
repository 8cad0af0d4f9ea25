package figures

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	// NamedClasses is the most classes whose names and numbers are drawn; a
	// larger matrix is a picture of its cells alone.
	NamedClasses = 40
	// NumberedClasses is the most classes whose cells hold the share.
	NumberedClasses = 25
	// countedClasses is the most classes whose cells hold the count below the share.
	countedClasses = 12
)

// A matrix whose cells hold share and count has a side of countedSide where its
// cells are then neither smaller than leastCell, in which "100 %" fits, nor
// larger than largestCell; one of more classes has a side of at most largeSide.
// So it fits a page together with the tables about it.
const (
	countedSide = vg.Length(260)
	leastCell   = vg.Length(26)
	largestCell = vg.Length(38)
	largeSide   = vg.Length(340)
)

// Confusion draws a K×K matrix of counts, rows the true class, columns the
// predicted one, each row shaded by its shares: blue on the diagonal (right),
// orange beside it (wrong). The opacity follows the square root of the share, so
// that rare confusions can be seen. Names are the K class names.
func Confusion(counts [][]int, names []string) Figure {
	if len(counts) > NamedClasses {
		return cellsOnly(counts)
	}
	m := newMatrix(counts, names)
	return Figure{W: m.width(), H: m.height(), shrink: 0.12, grow: 0.3, fixed: true, draw: m.draw}
}

// longestName is the room for the names of classes; longer ones are shortened. The number
// of a class and two code points fit: "class 3 (U+732B U+985E)".
const longestName = vg.Length(112)

// matrix is the geometry of a confusion matrix with names.
type matrix struct {
	counts      [][]int
	names       []string
	cell        vg.Length
	left, above vg.Length // room for the names of rows and columns
	slanted     bool      // column names stand upright
	size        float64   // of names, in points
}

// rightWidth holds "n" at the right of each row, axisTitle the words "true
// class" and "predicted class".
const (
	rightWidth = vg.Length(32)
	axisTitle  = vg.Length(14)
)

func newMatrix(counts [][]int, names []string) matrix {
	k := vg.Length(max(1, len(counts)))
	m := matrix{counts: counts, names: names, size: normal}
	if k > 20 {
		m.size = 6.5
	}
	var widest vg.Length
	for _, n := range names {
		widest = max(widest, label(m.size, Ink).Width(n))
	}
	widest = min(widest, longestName)
	m.left = widest + 6 + axisTitle
	m.cell = min(largeSide, Width-m.left-rightWidth) / k
	if len(counts) <= countedClasses {
		m.cell = min(largestCell, max(leastCell, countedSide/k))
	}
	m.above = 12 + axisTitle
	if widest > m.cell-2 {
		m.slanted, m.above = true, widest+6+axisTitle
	}
	return m
}

func (m matrix) width() vg.Length {
	return vg.Length(math.Ceil(float64(m.left + m.cell*vg.Length(len(m.counts)) + rightWidth)))
}

func (m matrix) height() vg.Length {
	return vg.Length(math.Ceil(float64(m.above + m.cell*vg.Length(len(m.counts)) + 4)))
}

func (m matrix) draw(c draw.Canvas) {
	n := vg.Length(len(m.counts))
	top := c.Max.Y - m.above
	left := c.Min.X + m.left
	m.titles(&c, left, top)
	for i, row := range m.counts {
		y := top - m.cell*vg.Length(i) - m.cell/2
		sum := total(row)
		m.rowName(&c, i, vg.Point{X: left, Y: y}, sum)
		for j, v := range row {
			m.drawCell(&c, vg.Point{X: left + m.cell*(vg.Length(j)+0.5), Y: y}, v, sum, i == j)
		}
	}
	frame(&c, vg.Rectangle{
		Min: vg.Point{X: left, Y: top - m.cell*n},
		Max: vg.Point{X: left + m.cell*n, Y: top},
	})
}

// titles writes the names of the columns and what rows and columns are.
func (m matrix) titles(c *draw.Canvas, left, top vg.Length) {
	n := vg.Length(len(m.counts))
	s := label(small, Muted)
	s.XAlign, s.YAlign = draw.XCenter, draw.YTop
	c.FillText(s, vg.Point{X: left + m.cell*n/2, Y: c.Max.Y}, "predicted class")
	s.YAlign, s.Rotation = draw.YBottom, math.Pi/2
	c.FillText(s, vg.Point{X: c.Min.X + small + 1, Y: top - m.cell*n/2}, "true class")
	for j, name := range m.names {
		s, room := label(m.size, Ink), m.cell-2
		at := vg.Point{X: left + m.cell*(vg.Length(j)+0.5), Y: top + 4}
		if m.slanted {
			s.Rotation, room = math.Pi/2, m.above-axisTitle-4
		} else {
			s.XAlign, s.YAlign = draw.XCenter, draw.YBottom
		}
		c.FillText(s, at, shorten(name, s, room))
	}
	r := label(small, Muted)
	r.YAlign = draw.YBottom
	c.FillText(r, vg.Point{X: left + m.cell*n + 5, Y: top + 4}, "n")
}

// rowName writes a row's name on its left and its number of images on its right.
func (m matrix) rowName(c *draw.Canvas, i int, at vg.Point, sum int) {
	s := label(m.size, Ink)
	s.XAlign = draw.XRight
	if i < len(m.names) {
		c.FillText(s, vg.Point{X: at.X - 5, Y: at.Y}, shorten(m.names[i], s, m.left-axisTitle-5))
	}
	r := label(min(small, m.size), Muted)
	c.FillText(r, vg.Point{X: at.X + m.cell*vg.Length(len(m.counts)) + 5, Y: at.Y}, strconv.Itoa(sum))
}

// drawCell shades one cell and writes its share, and its count where there is
// room; shares below half a percent stay without a number.
func (m matrix) drawCell(c *draw.Canvas, at vg.Point, v, sum int, right bool) {
	if v == 0 || sum == 0 {
		return
	}
	share := float64(v) / float64(sum)
	c.FillPolygon(shade(share, right), square(at, m.cell))
	k := len(m.counts)
	if k > NumberedClasses || share < 0.005 {
		return
	}
	s := label(m.shareSize(), Ink)
	if right {
		s = bold(s)
	}
	s.XAlign = draw.XCenter
	if k > countedClasses {
		c.FillText(s, at, strconv.Itoa(int(math.Round(100*share))))
		return
	}
	c.FillText(s, vg.Point{X: at.X, Y: at.Y + m.cell*0.13}, strconv.Itoa(int(math.Round(100*share)))+" %")
	s.Font.Size = vg.Points(6)
	c.FillText(s, vg.Point{X: at.X, Y: at.Y - m.cell*0.2}, strconv.Itoa(v))
}

// shareSize is the size of a cell's share, in points: "100 %" has air beside it,
// and so has "100" in the small cells of more classes.
func (m matrix) shareSize() float64 {
	fill := 0.29
	if len(m.counts) > countedClasses {
		fill = 0.42
	}
	return min(normal, fill*m.cell.Points())
}

func square(at vg.Point, side vg.Length) []vg.Point {
	h := side / 2
	return []vg.Point{
		{X: at.X - h, Y: at.Y - h}, {X: at.X + h, Y: at.Y - h},
		{X: at.X + h, Y: at.Y + h}, {X: at.X - h, Y: at.Y + h},
	}
}

func frame(c *draw.Canvas, r vg.Rectangle) {
	c.SetLineStyle(line(0.6, Rule))
	p := r.Path()
	c.Stroke(p)
}

func total(row []int) int {
	var n int
	for _, v := range row {
		n += v
	}
	return n
}
