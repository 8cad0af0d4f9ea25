package figures

import (
	"image"
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// deepest is the opacity of a cell that holds its whole row: text in Ink stays
// readable on it, on a white page and, with the page's light ink, on a dark one.
const deepest = 0.62

// shade is the colour of a cell that holds this share of its row.
func shade(share float64, right bool) color.NRGBA {
	if right {
		return fade(Blue, deepest*math.Sqrt(share))
	}
	return fade(Orange, deepest*math.Sqrt(share))
}

// strongShade is shade for cells so small that they hold no text: opaque for a
// whole row, and visible for a single image.
func strongShade(share float64, right bool) color.NRGBA {
	c := shade(share, right)
	return fade(c, 0.15+0.85*math.Sqrt(share))
}

// cellsOnly draws a matrix of many classes as one picture with a pixel block a
// cell: ten thousands of vector squares would make the file slow to open.
func cellsOnly(counts [][]int) Figure {
	side := largeSide
	img := cellImage(counts)
	return Figure{W: axisTitle + side + 4, H: axisTitle + side + 4, shrink: 0.2, grow: 0.3, fixed: true, draw: func(c draw.Canvas) {
		left, top := c.Min.X+axisTitle, c.Max.Y-axisTitle
		r := vg.Rectangle{Min: vg.Point{X: left, Y: top - side}, Max: vg.Point{X: left + side, Y: top}}
		c.DrawImage(r, img)
		frame(&c, r)
		s := label(small, Muted)
		s.XAlign, s.YAlign = draw.XCenter, draw.YTop
		c.FillText(s, vg.Point{X: left + side/2, Y: c.Max.Y}, "predicted class (in label order)")
		s.YAlign, s.Rotation = draw.YBottom, math.Pi/2
		c.FillText(s, vg.Point{X: c.Min.X + small + 1, Y: top - side/2}, "true class (in label order)")
	}}
}

// cellImage is the matrix with whole blocks of pixels a cell, about 800 pixels
// wide, for viewers that smooth what they enlarge.
func cellImage(counts [][]int) *image.NRGBA {
	k := len(counts)
	block := max(1, 800/k)
	img := image.NewNRGBA(image.Rect(0, 0, k*block, k*block))
	for i, row := range counts {
		sum := total(row)
		for j, v := range row {
			if v == 0 {
				continue
			}
			c := strongShade(float64(v)/float64(sum), i == j)
			for p := range block * block {
				img.SetNRGBA(j*block+p%block, i*block+p/block, c)
			}
		}
	}
	return img
}
