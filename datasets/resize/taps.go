package resize

import "math"

// taps holds unrounded weights along one axis: output pixel i is the sum over j < size of
// k[i·size+j] times input pixel at[i·size+j].
type taps struct {
	n, size int
	at      []int
	k       []float32
	row     []float64
}

func (t *taps) reset(n, size int) {
	t.n, t.size = n, size
	t.at, t.k = grow(t.at, n*size), grow(t.k, n*size)
}

// antialiased computes the weights of package weights without rounding them to fixed point.
func (t *taps) antialiased(a axis) {
	if a.extent == float64(a.out) {
		t.copies(a)
		return
	}
	f := filters[a.filter]
	scale := a.extent / float64(a.out)
	spread := max(scale, 1)
	support := f.support * spread
	t.reset(a.n, 2*int(math.Ceil(support))+1)
	t.row = grow(t.row, t.size)
	for i := range a.n {
		center := (float64(a.lo+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		count := min(int(center+support+0.5), a.in) - first
		sum := 0.0
		for j := range count {
			t.row[j] = f.at((float64(first+j) - center + 0.5) / spread)
			sum += t.row[j]
		}
		for j := range t.size {
			w := 0.0
			if j < count {
				w = t.row[j] / sum
			}
			t.at[i*t.size+j], t.k[i*t.size+j] = min(first+j, a.in-1), float32(w)
		}
	}
}

// copies keeps the pixels of an axis that keeps its size.
func (t *taps) copies(a axis) {
	t.reset(a.n, 1)
	for i := range a.n {
		t.at[i], t.k[i] = a.lo+i, 1
	}
}

// plain computes the weights of a method without antialiasing. Those of bilinear and bicubic are
// the float32 arithmetic of PyTorch's upsample kernels (aten/src/ATen/native/UpSample.h, version
// 1.13); nearest adds up its positions as Pillow does (src/libImaging/Geometry.c,
// ImagingScaleAffine, version 9.4).
func (t *taps) plain(a axis, m Method) {
	if a.in == a.out {
		t.copies(a)
		return
	}
	switch m {
	case Nearest:
		t.nearest(a)
	case PlainBilinear:
		t.linear(a)
	default:
		t.cubic(a)
	}
}

func (t *taps) nearest(a axis) {
	t.reset(a.n, 1)
	step := float64(a.in) / float64(a.out)
	x := step * 0.5
	for i := range a.lo + a.n {
		if i >= a.lo {
			t.at[i-a.lo], t.k[i-a.lo] = min(int(x), a.in-1), 1
		}
		x += step
	}
}

// source returns the position of output pixel i in the input, as PyTorch computes it: the scale
// has 24 bits.
func (a axis) source(i int) float64 {
	scale := float64(float32(a.in) / float32(a.out))
	return float64(scale*(float64(i)+0.5)) - 0.5
}

func (t *taps) linear(a axis) {
	t.reset(a.n, 2)
	for i := range a.n {
		x := max(a.source(a.lo+i), 0)
		at := min(int(x), a.in-1)
		part := float32(min(max(x-float64(at), 0), 1))
		t.at[2*i], t.at[2*i+1] = at, min(at+1, a.in-1)
		t.k[2*i], t.k[2*i+1] = 1-part, part
	}
}

func (t *taps) cubic(a axis) {
	t.reset(a.n, 4)
	for i := range a.n {
		x := a.source(a.lo + i)
		at := int(math.Floor(x))
		part := float32(x - float64(at))
		k := [4]float32{outer(part + 1), inner(part), inner(1 - part), outer(1 - part + 1)}
		for j := range 4 {
			t.at[4*i+j], t.k[4*i+j] = min(max(at-1+j, 0), a.in-1), k[j]
		}
	}
}

// keys is the constant of the plain cubic.
const keys = float32(-0.75)

// inner is the cubic within one pixel of the centre; every product is rounded to float32.
func inner(x float32) float32 {
	y := float32((keys+2)*x) - (keys + 3)
	return float32(float32(y*x)*x) + 1
}

// outer is the cubic between one and two pixels from the centre.
func outer(x float32) float32 {
	y := float32(keys*x) - 5*keys
	y = float32(y*x) + 8*keys
	return float32(y*x) - 4*keys
}

// span returns the range of input pixels that are read.
func (t *taps) span() (lo, hi int) {
	lo, hi = t.at[0], t.at[0]
	for _, at := range t.at[:t.n*t.size] {
		lo, hi = min(lo, at), max(hi, at)
	}
	return lo, hi + 1
}

// interpolate resamples rows, then columns, in float32, and gives each row of the result.
func (s *Scaler) interpolate(im Image, give func(at int, sums []float32)) {
	c, stride := im.C, s.wide.n*im.C
	lo, hi := s.high.span()
	s.lines = grow(s.lines, (hi-lo+1)*stride)
	for y := lo; y < hi; y++ {
		s.wide.apply(s.lines[(y-lo)*stride:][:stride], im.Pix[y*im.W*c:][:im.W*c], c)
	}
	sums := s.lines[(hi-lo)*stride:][:stride]
	for i := range s.high.n {
		clear(sums)
		for j, k := range s.high.k[i*s.high.size:][:s.high.size] {
			line := s.lines[(s.high.at[i*s.high.size+j]-lo)*stride:][:stride]
			for x, v := range line {
				sums[x] += float32(k * v)
			}
		}
		give(i*stride, sums)
	}
}

// apply resamples a row of c channels.
func (t *taps) apply(out []float32, row []uint8, c int) {
	for i := range t.n {
		for ch := range c {
			sum := float32(0)
			for j, k := range t.k[i*t.size:][:t.size] {
				sum += float32(k * float32(row[t.at[i*t.size+j]*c+ch]))
			}
			out[i*c+ch] = sum
		}
	}
}
