// Package raster changes single images whose pixels are bytes, row-major H×W×C with C = 1
// (grey) or 3 (RGB): to a picture of package image and back, mirrored, and through JPEG.
package raster

import (
	"bytes"
	"image"
	"image/jpeg"
)

// Picture returns the pixels px, h×w×c, as an image.Image. A grey picture shares their memory.
func Picture(px []uint8, h, w, c int) image.Image {
	if c == 1 {
		return &image.Gray{Pix: px, Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for p := range h * w {
		copy(out.Pix[4*p:], px[3*p:3*p+3])
		out.Pix[4*p+3] = 255
	}
	return out
}

// Pixels returns the pixels of an opaque picture with c channels, H×W×c.
func Pixels(img image.Image, c int) []uint8 {
	b := img.Bounds()
	out := make([]uint8, 0, b.Dx()*b.Dy()*c)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := img.At(x, y).RGBA()
			if c == 1 {
				out = append(out, uint8(r>>8))
				continue
			}
			out = append(out, uint8(r>>8), uint8(g>>8), uint8(bl>>8))
		}
	}
	return out
}

// Recompress returns the pixels px, h×w×c, encoded as JPEG of a quality, 1 … 100, and decoded
// again. Colour is stored at half the resolution, as in most JPEG files.
func Recompress(px []uint8, h, w, c, quality int) ([]uint8, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, Picture(px, h, w, c), &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(&b)
	if err != nil {
		return nil, err
	}
	return Pixels(img, c), nil
}

// Mirror writes the pixels src, h×w×c, with left and right exchanged to dst, which must not
// share memory with src. Several images of one width may lie behind one another.
func Mirror(dst, src []uint8, w, c int) {
	for row := 0; row < len(src); row += w * c {
		from, to := src[row:row+w*c], dst[row:row+w*c]
		for x := range w {
			copy(to[(w-1-x)*c:][:c], from[x*c:])
		}
	}
}
