package exif

import "image"

// Swaps reports whether width and height are exchanged.
func (o Orientation) Swaps() bool { return o >= Transpose }

// Size returns the size of a turned picture with w×h stored pixels.
func (o Orientation) Size(w, h int) (int, int) {
	if o.Swaps() {
		return h, w
	}
	return w, h
}

// source returns the stored position of pixel (x, y) of the turned picture, and the step from
// it to the stored position of the pixel to its right. The stored picture has w×h pixels.
func (o Orientation) source(x, y, w, h int) (at image.Point, step image.Point) {
	switch o {
	case Mirror:
		return image.Pt(w-1-x, y), image.Pt(-1, 0)
	case Rotate180:
		return image.Pt(w-1-x, h-1-y), image.Pt(-1, 0)
	case Flip:
		return image.Pt(x, h-1-y), image.Pt(1, 0)
	case Transpose:
		return image.Pt(y, x), image.Pt(0, 1)
	case Rotate90:
		return image.Pt(y, h-1-x), image.Pt(0, -1)
	case Transverse:
		return image.Pt(w-1-y, h-1-x), image.Pt(0, -1)
	case Rotate270:
		return image.Pt(w-1-y, x), image.Pt(0, 1)
	}
	return image.Pt(x, y), image.Pt(1, 0)
}

// Turn writes the pixels of a region of the turned picture to their positions in dst. src is
// the stored picture, h×w×c bytes; dst has the same length, in the turned order. The region
// must be inside the turned picture.
func (o Orientation) Turn(dst, src []uint8, w, h, c int, region image.Rectangle) {
	tw, _ := o.Size(w, h)
	for y := region.Min.Y; y < region.Max.Y; y++ {
		at, step := o.source(region.Min.X, y, w, h)
		from, move := (at.Y*w+at.X)*c, (step.Y*w+step.X)*c
		row := dst[(y*tw+region.Min.X)*c:][:region.Dx()*c]
		for ; len(row) > 0; row = row[c:] {
			copy(row[:c], src[from:from+c])
			from += move
		}
	}
}

// Stored returns the part of the stored picture that a region of the turned one shows.
func (o Orientation) Stored(region image.Rectangle, w, h int) image.Rectangle {
	if region.Empty() {
		return image.Rectangle{}
	}
	a, _ := o.source(region.Min.X, region.Min.Y, w, h)
	b, _ := o.source(region.Max.X-1, region.Max.Y-1, w, h)
	r := image.Rectangle{a, b}.Canon()
	r.Max = r.Max.Add(image.Pt(1, 1))
	return r
}
