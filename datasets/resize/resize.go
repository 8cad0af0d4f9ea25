package resize

import (
	"fmt"
	"image"
	"math"
)

// maxSide limits the sides of an image, so that sizes and sums cannot overflow.
const maxSide = 1 << 16

// Fit returns the size to which a w×h image is resized so that its shorter side is n. The
// longer side is rounded to the nearest pixel, halves to even, and is at least n. The arguments
// must be positive.
func Fit(w, h, n int) (fw, fh int) {
	s := float64(n) / float64(min(w, h))
	long := func(side int) int { return max(n, int(math.RoundToEven(float64(side)*s))) }
	return long(w), long(h)
}

// Image is a picture to resize.
type Image struct {
	// Pix holds H×W×C bytes, row-major. C is 1 or 3.
	Pix     []uint8
	W, H, C int // width and height in pixels, channels
	// FullW and FullH are the dimensions of the full picture if Pix is a copy of it at 1/Scale,
	// with sides rounded up, as a JPEG decoder makes it. If Scale is 0 or 1, Pix is the picture
	// itself, and FullW and FullH are ignored.
	FullW, FullH, Scale int
}

// full returns the dimensions of the full picture and the scale of Pix.
func (im Image) full() (w, h int, scale float64) {
	if im.Scale <= 1 {
		return im.W, im.H, 1
	}
	return im.FullW, im.FullH, float64(im.Scale)
}

// Scaler resizes images one after another and reuses its memory, so that it allocates nothing
// after the first images. The zero value is ready to use. A Scaler must be used by one
// goroutine.
type Scaler struct {
	across, down weights
	rows         []uint8 // the result of the horizontal pass

	wide, high taps      // of View without rounding or without antialiasing
	lines      []float32 // the result of their horizontal pass
}

// Square resizes an image so that its shorter side is n, and writes the n×n×C pixels in the
// middle to dst. If the margins cannot be equal, the left or top one is the smaller. A copy at
// 1/Scale is resampled at the positions of the full picture, so that only detail is lost and
// the geometry is kept. Slices of another length, and sides outside 1 … 65536, are errors.
func (s *Scaler) Square(dst []uint8, im Image, n int, f Filter) error {
	if err := check(dst, im, n, f); err != nil {
		return fmt.Errorf("resize: %w", err)
	}
	if !s.weigh(im, n, f) {
		w, h, _ := im.full()
		fw, fh := Fit(w, h, n)
		return fmt.Errorf("resize: %d×%d pixels would become %d×%d, and a side may have %d at most", w, h, fw, fh, maxSide)
	}
	s.resample(dst, im)
	return nil
}

// resample makes both passes, with the weights that were computed last.
func (s *Scaler) resample(dst []uint8, im Image) {
	lo, hi := s.down.span()
	stride := s.across.n * im.C
	s.rows = grow(s.rows, (hi-lo)*stride)
	s.horizontal(im, s.across.n, lo, hi)
	if s.down.plain() {
		copy(dst, s.rows[(s.down.key.lo-lo)*stride:])
		return
	}
	s.down.columns(dst, s.rows, stride, lo)
}

// Region returns the part of an image that Square reads, lo inclusive and hi exclusive; it uses
// only the dimensions of the image. For arguments that Square refuses, the region is empty.
func (s *Scaler) Region(im Image, n int, f Filter) image.Rectangle {
	w, h, _ := im.full()
	if w < 1 || h < 1 || w > maxSide || h > maxSide || n < 1 || n > maxSide || int(f) >= len(filters) || !s.weigh(im, n, f) {
		return image.Rectangle{}
	}
	return s.read()
}

// read returns the part of the image that the weights which were computed last use.
func (s *Scaler) read() image.Rectangle {
	x0, x1 := s.across.span()
	y0, y1 := s.down.span()
	return image.Rect(x0, y0, x1, y1)
}

// weigh computes the weights of both axes; it returns false if the result would be too long.
func (s *Scaler) weigh(im Image, n int, f Filter) bool {
	w, h, scale := im.full()
	fw, fh := Fit(w, h, n)
	if fw > maxSide || fh > maxSide {
		return false
	}
	s.across.compute(axis{im.W, float64(w) / scale, fw, (fw - n) / 2, n, f})
	s.down.compute(axis{im.H, float64(h) / scale, fh, (fh - n) / 2, n, f})
	return true
}

// horizontal resamples the rows lo … hi-1.
func (s *Scaler) horizontal(im Image, n, lo, hi int) {
	c := im.C
	for y := lo; y < hi; y++ {
		out, in := s.rows[(y-lo)*n*c:][:n*c], im.Pix[y*im.W*c:][:im.W*c]
		switch {
		case s.across.plain():
			copy(out, in[s.across.key.lo*c:])
		case c == 3:
			s.across.row3(out, in)
		default:
			s.across.row1(out, in)
		}
	}
}

func check(dst []uint8, im Image, n int, f Filter) error {
	w, h, scale := im.full()
	switch {
	case w < 1 || h < 1 || w > maxSide || h > maxSide:
		return fmt.Errorf("the image has %d×%d pixels", w, h)
	case float64(im.W) != math.Ceil(float64(w)/scale) || float64(im.H) != math.Ceil(float64(h)/scale):
		return fmt.Errorf("%d×%d pixels are not %d×%d at 1/%g", im.W, im.H, w, h, scale)
	case n < 1 || n > maxSide:
		return fmt.Errorf("the size is %d", n)
	case im.C != 1 && im.C != 3:
		return fmt.Errorf("%d channels; there must be 1 or 3", im.C)
	case int(f) >= len(filters):
		return fmt.Errorf("%s is no filter", f)
	case len(im.Pix) != im.W*im.H*im.C:
		return fmt.Errorf("%d bytes for %d×%d×%d pixels", len(im.Pix), im.W, im.H, im.C)
	case len(dst) != n*n*im.C:
		return fmt.Errorf("%d bytes for a result of %d×%d×%d pixels", len(dst), n, n, im.C)
	}
	return nil
}

// row3 resamples one row of RGB pixels, two output pixels at a time.
func (w *weights) row3(out, in []uint8) {
	for i, p := range w.pairs {
		k, pix := w.pairK[p.lo:p.hi], in[3*p.first:]
		pix = pix[:3*len(k)]
		r, g, b := int64(half|half<<32), int64(half|half<<32), int64(half|half<<32)
		for j, v := range k {
			q := pix[3*j : 3*j+3 : 3*j+3]
			r += v * int64(q[0])
			g += v * int64(q[1])
			b += v * int64(q[2])
		}
		o := out[6*i:]
		o[0], o[1], o[2] = clip(int32(r)), clip(int32(g)), clip(int32(b))
		if len(o) > 3 {
			o[3], o[4], o[5] = clip(upper(r)), clip(upper(g)), clip(upper(b))
		}
	}
}

// upper returns the second of two sums stored in one number, corrected for the borrow of the
// first.
func upper(sum int64) int32 { return int32((sum - int64(int32(sum))) >> 32) }

// row1 resamples one row of grey pixels.
func (w *weights) row1(out, in []uint8) {
	for i := range w.n {
		k := w.k[i*w.size:][:w.count[i]]
		p := in[w.first[i]:][:len(k)]
		sum := int32(half)
		for j, v := range k {
			sum += v * int32(p[j])
		}
		out[i] = clip(sum)
	}
}

// columns resamples columns: rows holds rows of stride bytes, beginning with input row lo.
func (w *weights) columns(dst, rows []uint8, stride, lo int) {
	w.sums = grow(w.sums, stride)
	for i := range w.n {
		sums := w.sums
		for x := range sums {
			sums[x] = half
		}
		at := (w.first[i] - lo) * stride
		for _, v := range w.k[i*w.size:][:w.count[i]] {
			row := rows[at:][:len(sums)]
			for x, p := range row {
				sums[x] += v * int32(p)
			}
			at += stride
		}
		out := dst[i*stride:][:len(sums)]
		for x, sum := range sums {
			out[x] = clip(sum)
		}
	}
}

// half is 0.5 in the fixed-point form of the sums.
const half = 1 << (precision - 1)

// clip converts a sum to a pixel. Sums are below 2^31: the weights of an output pixel add up to
// 1, and the positive weights of every filter to less than 2.
func clip(sum int32) uint8 { return uint8(min(max(sum>>precision, 0), 255)) }
