package prepare

import (
	"bytes"
	"errors"
	"image"

	"repbench/datasets"
	"repbench/datasets/internal/jpegscale"
	"repbench/datasets/resize"
)

// worker turns files into small pictures, one after another; its memory is reused.
type worker struct {
	o        Options
	channels int

	jpeg    jpegscale.Decoder
	other   datasets.Decoder
	scaler  resize.Scaler
	decoded resize.Image // of the current file
	ready   bool         // decoded is set
	whole   bool         // and serves all sizes
	pix     []uint8
	grey    []uint8
}

// picture writes the pixels of one image at one size, n×n×channels, to dst. Errors
// are about the image.
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

// decode decodes a file for size n, unless it was decoded at that scale already.
func (w *worker) decode(data []byte, n int) error {
	if !bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return w.decodeOther(data)
	}
	if w.ready && w.whole { // a JPEG file that package jpegscale does not read
		return nil
	}
	width, height, err := jpegscale.Size(data)
	if err != nil {
		return err
	}
	scale := w.o.Decode.scale(width, height, n)
	if w.ready && w.decoded.Scale == scale {
		return nil
	}
	w.ready = false // the decoder's pixels are overwritten, whatever comes of it
	im, err := w.jpeg.DecodeRegion(data, scale, w.region(width, height, scale))
	if errors.Is(err, jpegscale.ErrUnsupported) {
		return w.decodeOther(data)
	}
	if err != nil {
		return err
	}
	w.decoded = resize.Image{Pix: im.Pix, W: im.W, H: im.H, C: im.C, FullW: width, FullH: height, Scale: scale}
	w.ready, w.whole = true, false
	return nil
}

// region is the part of a JPEG file at 1/scale that the sizes made from it need.
func (w *worker) region(width, height, scale int) image.Rectangle {
	im := resize.Image{W: (width + scale - 1) / scale, H: (height + scale - 1) / scale, C: w.channels, FullW: width, FullH: height, Scale: scale}
	var all image.Rectangle
	for _, n := range w.o.Sizes {
		if w.o.Decode.scale(width, height, n) == scale {
			all = all.Union(w.scaler.Region(im, n, w.o.Filter))
		}
	}
	return all
}

// decodeOther reads what package jpegscale does not, at full size.
func (w *worker) decodeOther(data []byte) error {
	if w.ready && w.whole {
		return nil
	}
	size, _, err := datasets.ImageConfig(data)
	if err != nil {
		return err
	}
	w.pix = grow(w.pix, size.X*size.Y*3)
	if err := w.other.Decode(w.pix, data, 3); err != nil {
		return err
	}
	w.decoded = resize.Image{Pix: w.pix, W: size.X, H: size.Y, C: 3}
	w.ready, w.whole = true, true
	return nil
}

func grow(s []uint8, n int) []uint8 {
	if cap(s) < n {
		return make([]uint8, n)
	}
	return s[:n]
}
