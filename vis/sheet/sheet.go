package sheet

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"

	"repbench/datasets"
)

// defaultGap, in pixels of the finished sheet, separates neighbours without taking a visible
// share of the picture.
const defaultGap = 2

// maxSheetPixels is the limit on the size of a sheet (2²⁸ pixels, 1 GiB as RGBA), so that a
// wrong size gives an error instead of exhausting the memory.
const maxSheetPixels = 1 << 28

// paper is the grey level of the gaps and of cells without an image.
const paper = 255

// Options are the layout of a contact sheet. The zero value gives a near-square sheet at the
// images' own size with a gap of 2 pixels.
type Options struct {
	// Columns is the number of images per row; 0 means ⌈√N⌉.
	Columns int
	// Gap is the white space in pixels between images and around the sheet; nil means 2.
	Gap *int
	// Scale enlarges each image by this whole factor: every pixel becomes a block of
	// Scale×Scale pixels; 0 means 1.
	Scale int
}

// validate returns o with its defaults filled in for n images.
func (o Options) validate(n int) (Options, error) {
	switch {
	case o.Columns < 0:
		return o, fmt.Errorf("sheet: Columns is %d; it must be 0 (automatic) or more", o.Columns)
	case o.Gap != nil && *o.Gap < 0:
		return o, fmt.Errorf("sheet: Gap is %d; it must be 0 or more", *o.Gap)
	case o.Scale < 0:
		return o, fmt.Errorf("sheet: Scale is %d; it must be 0 (own size) or more", o.Scale)
	}
	if o.Columns == 0 {
		o.Columns = int(math.Ceil(math.Sqrt(float64(n))))
	}
	if o.Scale == 0 {
		o.Scale = 1
	}
	o.Gap = cmp.Or(o.Gap, new(defaultGap))
	return o, nil
}

// Draw places the N images on one picture, row by row from the top left; unused cells of the
// last row stay white. The picture is an *image.Gray for C = 1 and an opaque *image.RGBA for C
// = 3. Draw returns an error if there is no image, if C is neither 1 nor 3, if the length of
// Data is not N·H·W·C, or if the sheet would have more than 2²⁸ pixels.
func Draw(im datasets.Images, o Options) (image.Image, error) {
	if err := check(im); err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	o, err := o.validate(im.N)
	if err != nil {
		return nil, err
	}
	l, err := newLayout(im, o)
	if err != nil {
		return nil, err
	}
	if im.C == 1 {
		return l.grey(im), nil
	}
	return l.colour(im), nil
}

// check returns an error for images that cannot be drawn.
func check(im datasets.Images) error {
	if im.N <= 0 || im.H <= 0 || im.W <= 0 {
		return fmt.Errorf("no images: N×H×W is %d×%d×%d", im.N, im.H, im.W)
	}
	if im.C != 1 && im.C != 3 {
		return fmt.Errorf("%d channels; only 1 (grey) and 3 (RGB) can be drawn", im.C)
	}
	want, ok := product(im.N, im.H, im.W, im.C)
	if !ok || want != len(im.Data) {
		return fmt.Errorf("%d values do not hold %d×%d×%d×%d images", len(im.Data), im.N, im.H, im.W, im.C)
	}
	return nil
}

// product multiplies positive numbers; false means that the product is larger than any slice.
func product(ns ...int) (int, bool) {
	p := 1
	for _, n := range ns {
		if n > math.MaxInt/p {
			return 0, false
		}
		p *= n
	}
	return p, true
}

// layout is the geometry of a sheet in pixels.
type layout struct {
	columns, gap, scale int
	cellW, cellH        int // one enlarged image and the gap after it
	bounds              image.Rectangle
}

func newLayout(im datasets.Images, o Options) (layout, error) {
	rows := (im.N + o.Columns - 1) / o.Columns
	gap := *o.Gap
	l := layout{columns: o.Columns, gap: gap, scale: o.Scale}
	tooBig := fmt.Errorf("sheet: %d×%d images of %d×%d pixels at scale %d and gap %d exceed %d pixels",
		rows, o.Columns, im.H, im.W, o.Scale, gap, maxSheetPixels)
	for _, n := range []int{rows, o.Columns, im.H, im.W, o.Scale, gap} {
		if n > maxSheetPixels {
			return l, tooBig
		}
	}
	// Each factor is at most 2²⁸, so one product and one sum fit an int64.
	cellW, cellH := int64(im.W)*int64(o.Scale)+int64(gap), int64(im.H)*int64(o.Scale)+int64(gap)
	if cellW > maxSheetPixels || cellH > maxSheetPixels {
		return l, tooBig
	}
	w, h := int64(o.Columns)*cellW+int64(gap), int64(rows)*cellH+int64(gap)
	if w > maxSheetPixels || h > maxSheetPixels || w*h > maxSheetPixels {
		return l, tooBig
	}
	l.cellW, l.cellH = int(cellW), int(cellH)
	l.bounds = image.Rect(0, 0, int(w), int(h))
	return l, nil
}

// each calls set for every pixel of the sheet that shows a pixel of an image; p is the offset
// of that pixel in im.Data.
func (l layout) each(im datasets.Images, set func(x, y, p int)) {
	for i := range im.N {
		x0 := l.gap + (i%l.columns)*l.cellW
		y0 := l.gap + (i/l.columns)*l.cellH
		for y := range im.H * l.scale {
			row := ((i*im.H + y/l.scale) * im.W) * im.C
			for x := range im.W * l.scale {
				set(x0+x, y0+y, row+(x/l.scale)*im.C)
			}
		}
	}
}

func (l layout) grey(im datasets.Images) *image.Gray {
	g := image.NewGray(l.bounds)
	for i := range g.Pix {
		g.Pix[i] = paper
	}
	l.each(im, func(x, y, p int) { g.SetGray(x, y, color.Gray{Y: im.Data[p]}) })
	return g
}

func (l layout) colour(im datasets.Images) *image.RGBA {
	c := image.NewRGBA(l.bounds)
	for i := range c.Pix {
		c.Pix[i] = paper
	}
	l.each(im, func(x, y, p int) {
		c.SetRGBA(x, y, color.RGBA{R: im.Data[p], G: im.Data[p+1], B: im.Data[p+2], A: 255})
	})
	return c
}
