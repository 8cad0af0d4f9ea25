package prepare

import (
	"bytes"
	"errors"
	"image"

	"repbench/datasets"
	"repbench/datasets/internal/exif"
	"repbench/datasets/internal/jpegscale"
	"repbench/datasets/internal/picture"
	"repbench/datasets/resize"
)

// worker converts files to small pictures, one after another, and reuses its memory.
type worker struct {
	o        Options
	channels int

	jpeg    jpegscale.Decoder
	other   picture.Decoder
	scaler  resize.Scaler
	decoded resize.Image     // of the current file
	ready   bool             // decoded is set
	whole   bool             // decoded serves all sizes
	turn    exif.Orientation // the turn of the current file
	pix     []uint8
	turned  []uint8
	grey    []uint8 // at the size that is made
	luma    []uint8 // of the current file
}

// begin starts another file with the given orientation.
func (w *worker) begin(o exif.Orientation) {
	w.ready, w.turn = false, exif.Upright
	if w.o.Data.ExifRotate {
		w.turn = o
	}
}

// picture writes the pixels of one image at one size, n×n×channels, to dst. Errors describe the
// image.
func (w *worker) picture(dst, data []byte, n int) error {
	if err := w.decode(data, n); err != nil {
		return err
	}
	return w.resize(dst, n)
}

// pixels does the same with an image of an array.
func (w *worker) pixels(dst []byte, im datasets.Images, n int) error {
	w.decoded = resize.Image{Pix: im.Data, W: im.W, H: im.H, C: im.C}
	return w.resize(dst, n)
}

func (w *worker) resize(dst []byte, n int) error {
	if w.decoded.C == w.channels {
		return w.scaler.Square(dst, w.decoded, n, w.o.Filter)
	}
	if w.channels == 1 {
		w.toGrey()
		return w.scaler.Square(dst, w.decoded, n, w.o.Filter)
	}
	w.grey = grow(w.grey, n*n) // a grey image of an RGB set
	if err := w.scaler.Square(w.grey, w.decoded, n, w.o.Filter); err != nil {
		return err
	}
	for i, v := range w.grey {
		p := dst[3*i:][:3]
		p[0], p[1], p[2] = v, v, v
	}
	return nil
}

// toGrey makes the decoded picture grey, for all sizes made from it.
func (w *worker) toGrey() {
	n := len(w.decoded.Pix) / 3
	w.luma = grow(w.luma, n)
	resize.Luma(w.luma, w.decoded.Pix)
	w.decoded.Pix, w.decoded.C = w.luma, 1
}

// decode decodes a file for size n, unless it is already decoded at that scale.
func (w *worker) decode(data []byte, n int) error {
	if !bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return w.decodeOther(data)
	}
	if w.ready && w.whole { // a JPEG file that package jpegscale does not support
		return nil
	}
	width, height, err := jpegscale.Size(data)
	if err != nil {
		return err
	}
	scale := w.scale(width, height, n)
	if w.ready && w.decoded.Scale == scale {
		return nil
	}
	w.ready = false // the decoder's pixels are overwritten in any case
	stored := image.Pt((width+scale-1)/scale, (height+scale-1)/scale)
	region := w.region(width, height, scale)
	im, err := w.jpeg.DecodeRegion(data, scale, w.turn.Stored(region, stored.X, stored.Y))
	if errors.Is(err, jpegscale.ErrUnsupported) {
		return w.decodeOther(data)
	}
	if err != nil {
		return err
	}
	w.decoded = w.upright(im.Pix, stored, im.C, region)
	w.decoded.FullW, w.decoded.FullH = w.turn.Size(width, height)
	w.decoded.Scale = scale
	w.ready, w.whole = true, false
	return nil
}

// scale returns the fraction at which a JPEG file is decoded. The samples of a fraction are on
// a grid that begins at the left and the top of the stored picture. In a turned picture the
// grid would begin elsewhere, unless the fraction divides the sides.
func (w *worker) scale(width, height, n int) int {
	s := w.o.Decode.scale(width, height, n)
	for w.turn != exif.Upright && (width%s != 0 || height%s != 0) {
		s /= 2
	}
	return s
}

// region returns the part of a turned JPEG file at 1/scale that is needed for the sizes made
// from it.
func (w *worker) region(width, height, scale int) image.Rectangle {
	fullW, fullH := w.turn.Size(width, height)
	im := resize.Image{W: (fullW + scale - 1) / scale, H: (fullH + scale - 1) / scale, C: w.channels, FullW: fullW, FullH: fullH, Scale: scale}
	var all image.Rectangle
	for _, n := range w.o.Sizes {
		if w.scale(width, height, n) == scale {
			all = all.Union(w.scaler.Region(im, n, w.o.Filter))
		}
	}
	return all
}

// upright turns a region of decoded pixels if the file is to be turned; size is the size of the
// stored picture.
func (w *worker) upright(pix []uint8, size image.Point, channels int, region image.Rectangle) resize.Image {
	width, height := w.turn.Size(size.X, size.Y)
	if w.turn != exif.Upright {
		w.turned = grow(w.turned, len(pix))
		w.turn.Turn(w.turned, pix, size.X, size.Y, channels, region)
		pix = w.turned
	}
	return resize.Image{Pix: pix, W: width, H: height, C: channels}
}

// decodeOther decodes files that package jpegscale does not support, at full size.
func (w *worker) decodeOther(data []byte) error {
	if w.ready && w.whole {
		return nil
	}
	cfg, err := picture.ImageConfig(data)
	if err != nil {
		return err
	}
	size := image.Pt(cfg.Width, cfg.Height)
	w.pix = grow(w.pix, size.X*size.Y*3)
	if err := w.other.Decode(w.pix, data, 3); err != nil {
		return err
	}
	width, height := w.turn.Size(size.X, size.Y)
	w.decoded = w.upright(w.pix, size, 3, image.Rect(0, 0, width, height))
	w.ready, w.whole = true, true
	return nil
}

func grow(s []uint8, n int) []uint8 {
	if cap(s) < n {
		return make([]uint8, n)
	}
	return s[:n]
}
