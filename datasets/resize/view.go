package resize

import (
	"fmt"
	"image"
	"math"
)

// Method is how View resamples.
type Method uint8

// The methods. Antialiased ones are Pillow's; the filter grows with the scale, so that every
// pixel counts. Plain ones read the nearest two or four pixels along each axis, as PyTorch's
// interpolate does without antialias: they lose detail where an image shrinks.
const (
	// AntialiasedBilinear is the triangle filter.
	AntialiasedBilinear Method = iota
	// AntialiasedBicubic is Keys' cubic with a = -0.5.
	AntialiasedBicubic
	// PlainBilinear weights the nearest two pixels.
	PlainBilinear
	// PlainBicubic is Keys' cubic with a = -0.75 over the nearest four pixels.
	PlainBicubic
	// Nearest takes the pixel under the centre, as Pillow does.
	Nearest
)

// Offset is how the margin of a crop is rounded where the two margins cannot be equal.
type Offset uint8

const (
	// HalfEven rounds half of the difference to the nearest pixel, halves to even: torchvision and
	// timm.
	HalfEven Offset = iota
	// Down rounds it down: the image processors of Hugging Face's transformers.
	Down
)

// View says which pixels an image of any size becomes: it is resized, and H×W pixels in its
// middle are kept.
type View struct {
	// W and H are the sides of the result.
	W, H int
	// Shorter is what the shorter side is resized to, at least W and H; the longer side keeps
	// the proportion and is rounded down. 0: the whole image becomes W×H, also where its proportion is another.
	Shorter int
	// Method is how it is resampled.
	Method Method
	// Offset is how the margins of the crop are rounded.
	Offset Offset
}

// Fit returns the size to which a w×h image is resized.
func (v View) Fit(w, h int) (fw, fh int) {
	if v.Shorter == 0 {
		return v.W, v.H
	}
	long := func(side, short int) int { return int(float64(v.Shorter*side) / float64(short)) }
	if w <= h {
		return v.Shorter, long(h, w)
	}
	return long(w, h), v.Shorter
}

// margin returns the pixels before the crop.
func (v View) margin(full, n int) int {
	if v.Offset == Down {
		return (full - n) / 2
	}
	return int(math.RoundToEven(float64(full-n) / 2))
}

// Check returns an error if no image can be seen so.
func (v View) Check() error {
	switch {
	case v.W < 1 || v.H < 1 || v.W > maxSide || v.H > maxSide || v.Shorter > maxSide:
		return fmt.Errorf("a view of %d×%d pixels, shorter side %d", v.W, v.H, v.Shorter)
	case v.Shorter != 0 && v.Shorter < max(v.W, v.H):
		return fmt.Errorf("the shorter side, %d, is smaller than the crop of %d×%d", v.Shorter, v.H, v.W)
	case v.Method > Nearest || v.Offset > Down:
		return fmt.Errorf("method %d, offset %d", v.Method, v.Offset)
	}
	return nil
}

// filter returns the filter of an antialiased method.
func (m Method) filter() (f Filter, antialiased bool) {
	switch m {
	case AntialiasedBilinear:
		return Bilinear, true
	case AntialiasedBicubic:
		return Bicubic, true
	}
	return 0, false
}

// View writes what the view shows of an image, H×W×C pixels, to dst. Antialiased methods are
// Pillow's arithmetic: both passes are rounded to 8 bits. The plain ones are rounded once, halves
// to even, as torchvision rounds tensors.
func (s *Scaler) View(dst []uint8, im Image, v View) error {
	if err := s.aim(len(dst), im, v); err != nil {
		return err
	}
	if _, antialiased := v.Method.filter(); antialiased {
		s.resample(dst, im)
		return nil
	}
	s.interpolate(im, func(at int, sums []float32) {
		for i, x := range sums {
			dst[at+i] = uint8(math.RoundToEven(float64(min(max(x, 0), 255))))
		}
	})
	return nil
}

// ViewFloat is View without rounding, limited to 0 … 255.
func (s *Scaler) ViewFloat(dst []float32, im Image, v View) error {
	if err := s.aim(len(dst), im, v); err != nil {
		return err
	}
	if _, antialiased := v.Method.filter(); antialiased {
		s.wide.antialiased(s.across.key)
		s.high.antialiased(s.down.key)
	}
	s.interpolate(im, func(at int, sums []float32) {
		for i, x := range sums {
			dst[at+i] = min(max(x, 0), 255)
		}
	})
	return nil
}

// ViewRegion returns the part of an image that View and ViewFloat read; of the image only the
// dimensions are used.
func (s *Scaler) ViewRegion(im Image, v View) (image.Rectangle, error) {
	im.Pix = nil
	if err := s.weighView(im, v); err != nil {
		return image.Rectangle{}, err
	}
	if _, antialiased := v.Method.filter(); antialiased {
		return s.read(), nil
	}
	x0, x1 := s.wide.span()
	y0, y1 := s.high.span()
	return image.Rect(x0, y0, x1, y1), nil
}

// aim checks the arguments and computes the weights.
func (s *Scaler) aim(n int, im Image, v View) error {
	switch {
	case im.C != 1 && im.C != 3:
		return fmt.Errorf("resize: %d channels; there must be 1 or 3", im.C)
	case im.Scale > 1:
		return fmt.Errorf("resize: a view of a picture at 1/%d", im.Scale)
	case len(im.Pix) != im.W*im.H*im.C:
		return fmt.Errorf("resize: %d bytes for %d×%d×%d pixels", len(im.Pix), im.W, im.H, im.C)
	case n != v.W*v.H*im.C:
		return fmt.Errorf("resize: room for %d values, and the view has %d×%d×%d", n, v.H, v.W, im.C)
	}
	return s.weighView(im, v)
}

// weighView computes the weights of both axes.
func (s *Scaler) weighView(im Image, v View) error {
	if err := v.Check(); err != nil {
		return fmt.Errorf("resize: %w", err)
	}
	if im.W < 1 || im.H < 1 || im.W > maxSide || im.H > maxSide {
		return fmt.Errorf("resize: the image has %d×%d pixels", im.W, im.H)
	}
	fw, fh := v.Fit(im.W, im.H)
	if fw > maxSide || fh > maxSide {
		return fmt.Errorf("resize: %d×%d pixels would become %d×%d, and a side may have %d at most", im.W, im.H, fw, fh, maxSide)
	}
	f, antialiased := v.Method.filter()
	across := axis{im.W, float64(im.W), fw, v.margin(fw, v.W), v.W, f}
	down := axis{im.H, float64(im.H), fh, v.margin(fh, v.H), v.H, f}
	if antialiased {
		s.across.compute(across)
		s.down.compute(down)
		return nil
	}
	s.wide.plain(across, v.Method)
	s.high.plain(down, v.Method)
	return nil
}
