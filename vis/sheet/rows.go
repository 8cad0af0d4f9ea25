package sheet

import (
	"cmp"
	"fmt"
	"image"
	"image/draw"

	"golang.org/x/image/font"

	"repbench/datasets"
	"repbench/internal/raster"
)

// Row is a row of a figure: images of one size side by side, with words beside and below them.
type Row struct {
	// Heading stands above the row, with a rule; "": the row belongs to the heading before.
	Heading string
	// Label stands left of the images, the first line bold; lines are wrapped.
	Label []string
	// Images stand side by side.
	Images datasets.Images
	// Captions stand below the images, one for each; nil: none.
	Captions []string
	// Gaps are the indices of the images that a wider gap stands before.
	Gaps []int
}

// RowOptions are the texts and the size of a figure of rows. The zero value has no title and
// enlarges images to about 64 pixels.
type RowOptions struct {
	// Title stands above the rows, Note below the title; both are wrapped.
	Title string
	Note  []string
	// Scale enlarges each image by this whole factor; 0: until its larger side has at least 64
	// pixels.
	Scale int
	// Stop is asked before each row is measured or drawn, and an error of it ends the drawing; nil:
	// nothing ends it.
	Stop func() error
}

// stopped is the error of Stop.
func (o RowOptions) stopped() error {
	if o.Stop == nil {
		return nil
	}
	return o.Stop()
}

// Measures of a figure of rows, in pixels.
const (
	rowSide   = 64
	rowMargin = 16
	rowLabel  = 170 // width of the labels
	rowGap    = 4
	rowWide   = 18 // a wider gap
	rowLine   = 14
	rowBelow  = 8
	rowLeast  = 560 // width of the texts at least
)

// DrawRows draws the rows one below the other, from the left. All texts are wrapped to their
// places, captions to the width of an image. It is an error if there is no row, if a row has no
// image, or if the images differ in size or cannot be drawn.
func DrawRows(rows []Row, o RowOptions) (image.Image, error) {
	l, err := newRowLayout(rows, o)
	if err != nil {
		return nil, fmt.Errorf("figure: %w", err)
	}
	// A pen measures texts before the size of the picture is known.
	if l.pen, err = newPen(1, 1); err != nil {
		return nil, err
	}
	height := rowMargin + l.top(o, false)
	for _, r := range rows {
		if err := o.stopped(); err != nil {
			return nil, err
		}
		height += l.row(r, 0, false)
	}
	height += rowMargin - rowBelow
	if int64(l.width)*int64(height) > maxSheetPixels {
		return nil, fmt.Errorf("figure: %d×%d pixels; at most %d can be drawn: take fewer images or a smaller Scale", l.width, height, maxSheetPixels)
	}
	if l.pen, err = newPen(l.width, height); err != nil {
		return nil, err
	}
	y := rowMargin + l.top(o, true)
	for _, r := range rows {
		if err := o.stopped(); err != nil {
			return nil, err
		}
		y += l.row(r, y, true)
	}
	return l.on, nil
}

// rowLayout is the geometry of a figure of rows, and what draws it.
type rowLayout struct {
	pen
	h, w, c, scale int
	left, width    int // where the images begin; of the picture
}

func newRowLayout(rows []Row, o RowOptions) (*rowLayout, error) {
	l := &rowLayout{left: rowMargin, scale: o.Scale}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no rows")
	}
	if o.Scale < 0 {
		return nil, fmt.Errorf("the option Scale is %d; it must be 0 or more", o.Scale)
	}
	for i, r := range rows {
		if err := check(r.Images); err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		if l.h == 0 {
			l.h, l.w, l.c = r.Images.H, r.Images.W, r.Images.C
		}
		if im := r.Images; im.H != l.h || im.W != l.w || im.C != l.c {
			return nil, fmt.Errorf("row %d has images of %d×%d×%d, the first %d×%d×%d", i, im.H, im.W, im.C, l.h, l.w, l.c)
		}
		if r.Captions != nil && len(r.Captions) != r.Images.N {
			return nil, fmt.Errorf("row %d has %d captions for %d images", i, len(r.Captions), r.Images.N)
		}
		if len(r.Label) > 0 {
			l.left = rowMargin + rowLabel
		}
	}
	l.scale = cmp.Or(l.scale, max(1, (rowSide+max(l.h, l.w)-1)/max(l.h, l.w)))
	l.width = l.left + rowLeast
	if l.left > rowMargin {
		l.width = rowLeast
	}
	for _, r := range rows {
		l.width = max(l.width, l.at(r, r.Images.N)-rowGap+rowMargin)
	}
	return l, nil
}

// at is where image i of a row begins.
func (l *rowLayout) at(r Row, i int) int {
	x := l.left + i*(l.w*l.scale+rowGap)
	for _, g := range r.Gaps {
		if g <= i && g > 0 {
			x += rowWide
		}
	}
	return x
}

// top draws title and notes, if asked to, and returns their height.
func (l *rowLayout) top(o RowOptions, drawn bool) int {
	y, width := rowMargin, l.width-2*rowMargin
	for _, line := range l.wrapped(l.title, o.Title, width) {
		y += titleSize + 6
		l.write(l.title, rowMargin, y-4, line, drawn)
	}
	for _, note := range o.Note {
		for _, line := range l.wrapped(l.normal, note, width) {
			y += rowLine
			l.write(l.normal, rowMargin, y, line, drawn)
		}
	}
	if y > rowMargin {
		y += rowBelow
	}
	return y - rowMargin
}

// row draws a row from y on, if asked to, and returns its height.
func (l *rowLayout) row(r Row, y int, drawn bool) int {
	from := y
	if r.Heading != "" {
		if drawn {
			draw.Draw(l.on, image.Rect(rowMargin, y+4, l.width-rowMargin, y+5), image.NewUniform(ruleColour), image.Point{}, draw.Src)
		}
		y += 10
		for _, line := range l.wrapped(l.bold, r.Heading, l.width-2*rowMargin) {
			y += headingSize + 4
			l.write(l.bold, rowMargin, y-4, line, drawn)
		}
		y += rowBelow / 2
	}
	label := 0
	for i, text := range r.Label {
		face := l.normal
		if i == 0 {
			face = l.bold
		}
		for _, line := range l.wrapped(face, text, rowLabel-10) {
			label += rowLine + 1
			l.write(face, rowMargin, y+label-2, line, drawn)
		}
	}
	below := 0
	for i := range r.Images.N {
		x := l.at(r, i)
		if drawn {
			l.image(r.Images.Slice(i, i+1), x, y)
		}
		if r.Captions == nil {
			continue
		}
		lines := 0
		for _, line := range l.wrapped(l.normal, r.Captions[i], l.w*l.scale) {
			lines += rowLine
			l.write(l.normal, x, y+l.h*l.scale+lines-1, line, drawn)
		}
		below = max(below, lines+2)
	}
	return y - from + max(label, l.h*l.scale+below) + rowBelow
}

// image draws one image, enlarged.
func (l *rowLayout) image(im datasets.Images, x, y int) {
	img := raster.Picture(im.Data, l.h, l.w, l.c)
	for v := range l.h * l.scale {
		for u := range l.w * l.scale {
			l.on.Set(x+u, y+v, img.At(u/l.scale, v/l.scale))
		}
	}
}

// write writes a line, if asked to; lines were wrapped before.
func (l *rowLayout) write(face font.Face, x, y int, line string, drawn bool) {
	colour := greyColour
	if face != l.normal {
		colour = inkColour
	}
	if drawn {
		l.text(face, x, y, l.width-x, line, colour)
	}
}
