package resize

import (
	"fmt"
	"math"
)

// maxSide bounds the sides of an image, so that sizes and sums cannot overflow.
const maxSide = 1 << 16

// Fit returns the size to which a w×h image is brought so that its shorter side
// is n. The longer side is rounded to the nearest pixel, halves to even, and is at
// least n. The arguments must be positive.
func Fit(w, h, n int) (fw, fh int) {
	s := float64(n) / float64(min(w, h))
	long := func(side int) int { return max(n, int(math.RoundToEven(float64(side)*s))) }
	return long(w), long(h)
}

// Scaler resizes images one after another; its scratch memory is reused, and after
// the first images nothing is allocated. The zero value is ready to use. A Scaler
// is for one goroutine.
type Scaler struct {
	across, down weights
	rows         []uint8 // the result of the horizontal pass
}

// Square resizes the w×h×c image src so that its shorter side is n, and writes the
// n×n×c pixels in the middle to dst; where the margins cannot be equal, the one at
// the left or the top is the smaller. c is 1 or 3. Slices of another length, and
// sides that are not in 1 … 65536, are errors.
func (s *Scaler) Square(dst, src []uint8, w, h, c, n int, f Filter) error {
	if err := check(dst, src, w, h, c, n, f); err != nil {
		return fmt.Errorf("resize: %w", err)
	}
	fw, fh := Fit(w, h, n)
	if fw > maxSide || fh > maxSide {
		return fmt.Errorf("resize: %d×%d pixels would become %d×%d", w, h, fw, fh)
	}
	s.across.compute(axis{w, fw, (fw - n) / 2, n, f})
	s.down.compute(axis{h, fh, (fh - n) / 2, n, f})
	lo, hi := s.down.span()
	s.rows = grow(s.rows, (hi-lo)*n*c)
	for y := lo; y < hi; y++ {
		out, in := s.rows[(y-lo)*n*c:][:n*c], src[y*w*c:][:w*c]
		switch {
		case fw == w: // Pillow leaves such an axis alone
			copy(out, in[(fw-n)/2*c:])
		case c == 3:
			s.across.row3(out, in)
		default:
			s.across.row1(out, in)
		}
	}
	if fh == h {
		copy(dst, s.rows[((fh-n)/2-lo)*n*c:])
		return nil
	}
	s.down.columns(dst, s.rows, n*c, lo)
	return nil
}

func check(dst, src []uint8, w, h, c, n int, f Filter) error {
	switch {
	case w < 1 || h < 1 || w > maxSide || h > maxSide:
		return fmt.Errorf("the image has %d×%d pixels", w, h)
	case n < 1 || n > maxSide:
		return fmt.Errorf("the size is %d", n)
	case c != 1 && c != 3:
		return fmt.Errorf("%d channels; there must be 1 or 3", c)
	case int(f) >= len(filters):
		return fmt.Errorf("%s is no filter", f)
	case len(src) != w*h*c:
		return fmt.Errorf("%d bytes for %d×%d×%d pixels", len(src), w, h, c)
	case len(dst) != n*n*c:
		return fmt.Errorf("%d bytes for a result of %d×%d×%d pixels", len(dst), n, n, c)
	}
	return nil
}

// row3 resamples one row of RGB pixels.
func (w *weights) row3(out, in []uint8) {
	for i := range w.n {
		k := w.k[i*w.size:][:w.count[i]]
		p := in[3*w.first[i]:][:3*len(k)]
		r, g, b := int32(half), int32(half), int32(half)
		for _, v := range k {
			r += v * int32(p[0])
			g += v * int32(p[1])
			b += v * int32(p[2])
			p = p[3:]
		}
		o := out[3*i:][:3]
		o[0], o[1], o[2] = clip(r), clip(g), clip(b)
	}
}

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

// columns resamples columns: rows holds rows of stride bytes, the first of which
// is input row lo.
func (w *weights) columns(dst, rows []uint8, stride, lo int) {
	for i := range w.n {
		k := w.k[i*w.size:][:w.count[i]]
		p := rows[(w.first[i]-lo)*stride:]
		out := dst[i*stride:][:stride]
		for x := range out {
			sum, at := int32(half), x
			for _, v := range k {
				sum += v * int32(p[at])
				at += stride
			}
			out[x] = clip(sum)
		}
	}
}

// half is 0.5 in the fixed-point form of the sums.
const half = 1 << (precision - 1)

// clip turns a sum into a pixel. Sums are below 2^31: the weights of an output
// pixel add up to 1, and the positive ones of every filter to less than 2.
func clip(sum int32) uint8 { return uint8(min(max(sum>>precision, 0), 255)) }
