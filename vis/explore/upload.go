package explore

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/internal/errkind"
	"repbench/internal/raster"
)

// Limits of a picture that is uploaded. Its header is read before memory is taken for its pixels.
const (
	maxUpload = 16 << 20 // bytes
	maxSide   = 1 << 14  // pixels
	maxPixels = 1 << 25
)

// codec reads one kind of picture.
type codec struct {
	start  string
	config func(*bytes.Reader) (image.Config, error)
	decode func(*bytes.Reader) (image.Image, error)
}

// codecs are the kinds of pictures that can be uploaded, by their first bytes.
var codecs = []codec{
	{"\x89PNG\r\n\x1a\n",
		func(r *bytes.Reader) (image.Config, error) { return png.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }},
	{"\xff\xd8",
		func(r *bytes.Reader) (image.Config, error) { return jpeg.DecodeConfig(r) },
		func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }},
}

// uploaded reads a picture, and resizes its middle to one image of side×side pixels with channels
// channels.
func uploaded(data []byte, side, channels int) (datasets.Images, error) {
	img, err := decoded(data)
	if err != nil {
		return datasets.Images{}, errkind.Errorf(errChoice, "the upload is no picture that can be read: %w; choose a PNG or JPEG file", err)
	}
	b := img.Bounds()
	var opaque draw.Image = image.NewRGBA(b)
	if channels == 1 {
		opaque = image.NewGray(b)
	}
	draw.Draw(opaque, b, image.White, image.Point{}, draw.Src)
	draw.Draw(opaque, b, img, b.Min, draw.Over)
	out := datasets.Images{N: 1, H: side, W: side, C: channels, Data: make([]uint8, side*side*channels)}
	in := resize.Image{Pix: raster.Pixels(opaque, channels), W: b.Dx(), H: b.Dy(), C: channels}
	if err := new(resize.Scaler).Square(out.Data, in, side, resize.Bicubic); err != nil {
		return out, errkind.Errorf(errChoice, "%w; choose a picture whose sides are less unequal", err)
	}
	return out, nil
}

// decoded decodes a picture within the limits.
func decoded(data []byte) (image.Image, error) {
	for _, c := range codecs {
		if !bytes.HasPrefix(data, []byte(c.start)) {
			continue
		}
		cfg, err := c.config(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxSide || cfg.Height > maxSide || cfg.Width*cfg.Height > maxPixels {
			return nil, fmt.Errorf("it has %d×%d pixels; sides of 1 to %d and %d million pixels in all are possible", cfg.Width, cfg.Height, maxSide, maxPixels>>20)
		}
		return c.decode(bytes.NewReader(data))
	}
	if len(data) == 0 {
		return nil, fmt.Errorf("it is empty")
	}
	return nil, fmt.Errorf("it begins like neither a PNG nor a JPEG file")
}
