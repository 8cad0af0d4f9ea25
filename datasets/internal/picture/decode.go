package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"repbench/datasets/internal/content"
	"repbench/internal/filekind"
)

// Limits on a single image; its header is checked before memory is allocated.
const (
	maxSide   = 1 << 15
	maxPixels = 1 << 26
)

// codec reads one image format.
type codec struct {
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
	video  bool // YCbCr has the range of television
}

var (
	jpegCodec = codec{
		config: func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
		decode: func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) },
	}
	pngCodec = codec{
		config: func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
		decode: func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) },
	}
	webpCodec = codec{
		config: func(r *bytes.Reader) (image.Config, error) { return webp.DecodeConfig(r) },
		decode: func(r *bytes.Reader) (image.Image, error) { return webp.Decode(r) },
		video:  true,
	}
)

// codecOf recognises the format by the first bytes, since names can be wrong (one JPEG of
// ImageNet is a PNG).
func codecOf(data []byte) (codec, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return jpegCodec, nil
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return pngCodec, nil
	case len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP":
		return webpCodec, nil
	case len(data) == 0:
		return codec{}, errors.New("the file is empty")
	}
	if k := filekind.Of(bytes.NewReader(data), int64(len(data))); k.Kind == filekind.LFSPointer || k.Kind == filekind.WebPage {
		return codec{}, errors.New(content.InPlace(k))
	}
	return codec{}, errors.New("it is neither JPEG, PNG nor WebP")
}

// ImageConfig reads the header of a JPEG, PNG or WebP file, which it recognises by its content.
// Dimensions beyond the limits are an error.
func ImageConfig(data []byte) (image.Config, error) {
	c, err := codecOf(data)
	if err != nil {
		return image.Config{}, err
	}
	cfg, err := c.config(bytes.NewReader(data))
	if err != nil {
		return cfg, err
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxSide || cfg.Height > maxSide || cfg.Width*cfg.Height > maxPixels {
		return cfg, fmt.Errorf("it claims %d×%d pixels, which is beyond the limits", cfg.Width, cfg.Height)
	}
	if greyAlpha(data) {
		cfg.ColorModel = color.GrayModel
	}
	if c.video {
		return cfg, checkWebP(data, cfg)
	}
	return cfg, nil
}

// greyAlpha reports whether the file is a PNG of grey and alpha samples, which package png calls
// a colour image.
func greyAlpha(data []byte) bool {
	const colorType = 25 // its place in the header
	return len(data) > colorType && bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) && data[colorType] == 4
}

// Channels returns the number of channels of an image with this header: 1 for a grey image,
// else 3.
func Channels(cfg image.Config) int {
	if cfg.ColorModel == color.GrayModel || cfg.ColorModel == color.Gray16Model {
		return 1
	}
	return 3
}

// Decoder decodes images one after another and reuses its scratch memory. The zero
// value is ready to use, by one goroutine at a time.
type Decoder struct {
	cb, cr []uint8 // one row of chroma each
	stored []uint8 // an image before it is turned
}

// Decode writes the W×H×channels pixels of a JPEG, PNG or WebP file to dst, whose length must
// match the size returned by ImageConfig. If channels is 3, grey images fill three equal
// channels. An alpha channel is dropped, as in Pillow's convert("RGB"); of 16-bit samples the
// upper byte is kept.
func (d *Decoder) Decode(dst []uint8, data []byte, channels int) error {
	c, err := codecOf(data)
	if err != nil {
		return err
	}
	m, err := c.decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if b := m.Bounds(); b.Dx()*b.Dy()*channels != len(dst) {
		return fmt.Errorf("it decodes to %d×%d pixels, unlike its header", b.Dx(), b.Dy())
	}
	if y := lossyWebP(m); c.video && y != nil && channels == 3 {
		d.fromWebP(dst, y)
		return nil
	}
	d.convert(dst, m, channels)
	return nil
}

// lossyWebP returns the colours of a lossy WebP image, without its alpha channel; nil for other
// images.
func lossyWebP(m image.Image) *image.YCbCr {
	switch m := m.(type) {
	case *image.YCbCr:
		return m
	case *image.NYCbCrA:
		return &m.YCbCr
	}
	return nil
}

func (d *Decoder) convert(dst []uint8, m image.Image, channels int) {
	if channels == 1 {
		convertGrey(dst, m)
		return
	}
	switch m := m.(type) {
	case *image.YCbCr:
		d.fromYCbCr(dst, m)
	case *image.Gray:
		greyToRGB(dst, m)
	case *image.NRGBA:
		dropAlpha(dst, m.Pix, m.Stride, m.Rect)
	case *image.NRGBA64:
		dropAlpha16(dst, m)
	case *image.RGBA:
		if m.Opaque() { // package png makes it if the file has no alpha
			dropAlpha(dst, m.Pix, m.Stride, m.Rect)
			return
		}
		convertAny(dst, m)
	default:
		convertAny(dst, m)
	}
}

func convertGrey(dst []uint8, m image.Image) {
	b := m.Bounds()
	w := b.Dx()
	for y := range b.Dy() {
		row := dst[y*w:][:w]
		switch m := m.(type) {
		case *image.Gray:
			copy(row, m.Pix[y*m.Stride:])
			continue
		case *image.NRGBA: // grey with alpha, which is dropped
			for x := range row {
				row[x] = m.Pix[y*m.Stride+4*x]
			}
			continue
		case *image.NRGBA64:
			for x := range row {
				row[x] = m.Pix[y*m.Stride+8*x]
			}
			continue
		}
		for x := range row {
			row[x] = color.GrayModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y
		}
	}
}

func greyToRGB(dst []uint8, m *image.Gray) {
	w := m.Rect.Dx()
	for y := range m.Rect.Dy() {
		for x, v := range m.Pix[y*m.Stride:][:w] {
			p := dst[3*(y*w+x):][:3]
			p[0], p[1], p[2] = v, v, v
		}
	}
}

// dropAlpha copies three of four bytes per pixel.
func dropAlpha(dst, pix []uint8, stride int, rect image.Rectangle) {
	w := rect.Dx()
	for y := range rect.Dy() {
		row := pix[y*stride:][:4*w]
		for x := range w {
			copy(dst[3*(y*w+x):][:3], row[4*x:])
		}
	}
}

// dropAlpha16 copies the upper bytes of three of four samples per pixel. The colour of a
// transparent pixel is kept, as with 8 bits; package color would make it black.
func dropAlpha16(dst []uint8, m *image.NRGBA64) {
	w := m.Rect.Dx()
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:8*w]
		for x := range w {
			p, q := dst[3*(y*w+x):][:3], row[8*x:]
			p[0], p[1], p[2] = q[0], q[2], q[4]
		}
	}
}

// convertAny converts paletted, CMYK and opaque 16-bit images, which are rare.
func convertAny(dst []uint8, m image.Image) {
	b := m.Bounds()
	w := b.Dx()
	for y := range b.Dy() {
		for x := range w {
			c := color.NRGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
			p := dst[3*(y*w+x):][:3]
			p[0], p[1], p[2] = c.R, c.G, c.B
		}
	}
}
