package sheet

import (
	"fmt"
	"image"

	"repbench/datasets"
)

// PairRow is a row of a sheet of pairs: an image and those that are like it.
type PairRow struct {
	// Heading stands above the row, with a rule; "": the row belongs to the heading before.
	Heading string
	// Text is written left of the images, one line each; the first is bold.
	Text []string
	// Cells are the image and then the images it is compared with, all of one size in a sheet.
	Cells []PairCell
}

// PairCell is an image of a row with what is written below it.
type PairCell struct {
	// Image is one image.
	Image datasets.Images
	// Caption is written below the image, one line each.
	Caption []string
	// Marked frames the image and writes its caption in the colour of the frame.
	Marked bool
}

// PairOptions are the texts and the size of a sheet of pairs. The zero value has neither title
// nor heads and enlarges images to about 96 pixels.
type PairOptions struct {
	// Title stands above the sheet.
	Title string
	// Note is written below the title, one line each.
	Note []string
	// Heads are the heads of the columns of images.
	Heads []string
	// Scale enlarges each image by this whole factor; 0: until its larger side has at least 96
	// pixels.
	Scale int
}

// Measures of a sheet of pairs, in pixels.
const (
	pairSide   = 96  // least size of an enlarged image
	pairMargin = 16  // around the sheet
	pairText   = 190 // width of the text left of the images
	pairGap    = 10  // between images
	pairWide   = 26  // between the image and those it is compared with
	pairLine   = 14  // height of a line
	pairBelow  = 10  // below a row
	pairHead   = 30  // height of a heading
)

// DrawPairs draws the rows one below the other. It is an error if there is no row, if a row
// has no image, or if the images differ in size or cannot be drawn.
func DrawPairs(rows []PairRow, o PairOptions) (image.Image, error) {
	l, err := newPairLayout(rows, o)
	if err != nil {
		return nil, fmt.Errorf("sheet of pairs: %w", err)
	}
	return l.draw(rows, o)
}

// pairLayout is the geometry of a sheet of pairs.
type pairLayout struct {
	h, w, c, scale int
	columns        int // images of the longest row
	lines          int // of the longest caption
	width, height  int
}

func newPairLayout(rows []PairRow, o PairOptions) (pairLayout, error) {
	var l pairLayout
	if len(rows) == 0 {
		return l, fmt.Errorf("no rows")
	}
	for i, r := range rows {
		if err := l.take(r); err != nil {
			return l, fmt.Errorf("row %d: %w", i, err)
		}
	}
	switch l.scale = o.Scale; {
	case o.Scale < 0:
		return l, fmt.Errorf("the option Scale is %d; it must be 0 or more", o.Scale)
	case o.Scale == 0:
		l.scale = max(1, (pairSide+max(l.h, l.w)-1)/max(l.h, l.w))
	}
	l.columns = max(l.columns, len(o.Heads))
	l.width = l.left(l.columns) - pairGap + pairMargin
	l.height = pairMargin + l.above(o) + pairMargin
	for _, r := range rows {
		l.height += l.rowHeight(r)
	}
	if int64(l.width)*int64(l.height) > maxSheetPixels {
		return l, fmt.Errorf("%d×%d pixels; at most %d can be drawn: take fewer rows or a smaller Scale", l.width, l.height, maxSheetPixels)
	}
	return l, nil
}

// take checks the images of a row and widens the layout for them.
func (l *pairLayout) take(r PairRow) error {
	if len(r.Cells) == 0 {
		return fmt.Errorf("no images")
	}
	for j, c := range r.Cells {
		im := c.Image
		if err := check(im); err != nil {
			return fmt.Errorf("image %d: %w", j, err)
		}
		if im.N != 1 {
			return fmt.Errorf("image %d: %d images in one place", j, im.N)
		}
		if l.h == 0 {
			l.h, l.w, l.c = im.H, im.W, im.C
		}
		if im.H != l.h || im.W != l.w || im.C != l.c {
			return fmt.Errorf("image %d is %d×%d×%d, the first of the sheet %d×%d×%d", j, im.H, im.W, im.C, l.h, l.w, l.c)
		}
		l.lines = max(l.lines, len(c.Caption))
	}
	l.columns = max(l.columns, len(r.Cells))
	l.lines = max(l.lines, len(r.Text)-l.imageLines())
	return nil
}

// imageLines is the number of lines of text beside an image; the size is not known yet, so the
// least one is assumed.
func (l *pairLayout) imageLines() int { return pairSide / pairLine }

// left is where the image of a column begins.
func (l pairLayout) left(column int) int {
	x := pairMargin + pairText + column*(l.w*l.scale+pairGap)
	if column > 0 {
		x += pairWide - pairGap
	}
	return x
}

// above is the height of title, notes and heads.
func (l pairLayout) above(o PairOptions) int {
	h := 0
	if o.Title != "" {
		h += pairHead
	}
	h += len(o.Note) * pairLine
	if len(o.Heads) > 0 {
		h += pairLine + pairBelow
	}
	return h
}

// rowHeight is the height of a row with its heading.
func (l pairLayout) rowHeight(r PairRow) int {
	h := l.h*l.scale + l.lines*pairLine + 2*pairBelow
	if r.Heading != "" {
		h += pairHead
	}
	return h
}
