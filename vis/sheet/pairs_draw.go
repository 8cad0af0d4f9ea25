package sheet

import (
	"image"
	"image/draw"

	"repbench/internal/raster"
)

// pairPen draws on a sheet of pairs.
type pairPen struct {
	pairLayout
	pen
}

// draw draws the sheet.
func (l pairLayout) draw(rows []PairRow, o PairOptions) (image.Image, error) {
	drawn, err := newPen(l.width, l.height)
	if err != nil {
		return nil, err
	}
	p := pairPen{l, drawn}
	y := p.top(o)
	for _, r := range rows {
		p.row(r, y)
		y += l.rowHeight(r)
	}
	return p.on, nil
}

// top draws title, notes and heads, and returns where the rows begin.
func (p pairPen) top(o PairOptions) int {
	y := pairMargin
	if o.Title != "" {
		p.text(p.title, pairMargin, y+titleSize, p.width-2*pairMargin, o.Title, inkColour)
		y += pairHead
	}
	for _, line := range o.Note {
		y += pairLine
		p.text(p.normal, pairMargin, y-3, p.width-2*pairMargin, line, greyColour)
	}
	if len(o.Heads) > 0 {
		y += pairLine + pairBelow
		for i, head := range o.Heads {
			p.text(p.normal, p.left(i), y-pairBelow, p.w*p.scale+pairGap, head, greyColour)
		}
	}
	return y
}

// row draws a row with its heading from y on.
func (p pairPen) row(r PairRow, y int) {
	if r.Heading != "" {
		draw.Draw(p.on, image.Rect(pairMargin, y+2, p.width-pairMargin, y+3), image.NewUniform(ruleColour), image.Point{}, draw.Src)
		p.text(p.bold, pairMargin, y+headingSize+8, p.width-2*pairMargin, r.Heading, inkColour)
		y += pairHead
	}
	y += pairBelow
	for i, line := range r.Text {
		face, c := p.normal, greyColour
		if i == 0 {
			face, c = p.bold, inkColour
		}
		p.text(face, pairMargin, y+pairLine*(i+1)-3, pairText-pairGap, line, c)
	}
	for i, cell := range r.Cells {
		p.cell(cell, p.left(i), y)
	}
}

// cell draws an enlarged image at (x, y) and its caption.
func (p pairPen) cell(c PairCell, x, y int) {
	img := raster.Picture(c.Image.Data, p.h, p.w, p.c)
	for v := range p.h * p.scale {
		for u := range p.w * p.scale {
			p.on.Set(x+u, y+v, img.At(u/p.scale, v/p.scale))
		}
	}
	colour := greyColour
	if c.Marked {
		colour = markedColour
		p.frame(image.Rect(x-3, y-3, x+p.w*p.scale+3, y+p.h*p.scale+3))
	}
	for i, line := range c.Caption {
		p.text(p.normal, x, y+p.h*p.scale+pairLine*(i+1)+2, p.w*p.scale+pairGap-2, line, colour)
	}
}

// frame draws the edge of a rectangle, two pixels wide, inside it.
func (p pairPen) frame(r image.Rectangle) {
	mark := image.NewUniform(markedColour)
	for _, side := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, r.Min.Y+2)}, {image.Pt(r.Min.X, r.Max.Y-2), r.Max},
		{r.Min, image.Pt(r.Min.X+2, r.Max.Y)}, {image.Pt(r.Max.X-2, r.Min.Y), r.Max},
	} {
		draw.Draw(p.on, side, mark, image.Point{}, draw.Src)
	}
}
