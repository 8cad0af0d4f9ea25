package resize

import "math"

// precision is the number of binary places of the weights: 32 bits, minus 8 for a pixel, minus
// 2 for sums beyond 255 and their sign.
const precision = 32 - 8 - 2

// weights holds the weights of the output pixels lo … lo+n-1 along one axis: output pixel lo+i
// is the sum over j < count[i] of k[i·size+j] times input pixel first[i]+j.
type weights struct {
	n, size      int
	first, count []int
	k            []int32
	pairs        []pair
	pairK        []int64

	row  []float64 // weights of one output pixel, before rounding
	sums []int32   // of one row of output pixels
	key  axis      // the axis they were computed for
}

// pair joins the weights of two neighbouring output pixels, whose input pixels are mostly the
// same: one 64-bit product then serves both. Weight j of the pair is the first pixel's weight
// plus 2^32 times the second's, and the sum has the same form.
type pair struct{ first, lo, hi int } // weights pairK[lo:hi], input pixels from first on

// axis specifies weights: the first extent of the in input pixels are the image and become out
// pixels, of which n from lo on are needed.
type axis struct {
	in     int
	extent float64
	out    int
	lo, n  int
	filter Filter
}

// compute computes the weights as Pillow's precompute_coeffs and normalize_coeffs_8bpc do
// (src/libImaging/Resample.c, version 9.4). The weights of the last call are kept: photographs
// have few sizes.
func (w *weights) compute(a axis) {
	if w.key == a {
		return
	}
	f := filters[a.filter]
	scale := a.extent / float64(a.out)
	spread := max(scale, 1)
	support := f.support * spread
	w.key, w.n, w.size = a, a.n, 2*int(math.Ceil(support))+1
	w.first, w.count = grow(w.first, a.n), grow(w.count, a.n)
	w.k, w.row = grow(w.k, a.n*w.size), grow(w.row, w.size)
	inverse := 1 / spread
	for i := range a.n {
		center := (float64(a.lo+i) + 0.5) * scale
		first := max(int(center-support+0.5), 0)
		count := min(int(center+support+0.5), a.in) - first
		sum := 0.0
		for j := range count {
			w.row[j] = f.at((float64(first+j) - center + 0.5) * inverse)
			sum += w.row[j]
		}
		w.first[i], w.count[i] = first, count
		fix(w.k[i*w.size:], w.row[:count], sum)
	}
	w.join()
}

// join computes the pairs; the last one of an odd number has one pixel.
func (w *weights) join() {
	w.pairs, w.pairK = w.pairs[:0], w.pairK[:0]
	for i := 0; i < w.n; i += 2 {
		first, lo := w.first[i], len(w.pairK)
		for _, v := range w.k[i*w.size:][:w.count[i]] {
			w.pairK = append(w.pairK, int64(v))
		}
		if i+1 < w.n {
			at := lo + w.first[i+1] - first
			for len(w.pairK) < at+w.count[i+1] {
				w.pairK = append(w.pairK, 0)
			}
			for j, v := range w.k[(i+1)*w.size:][:w.count[i+1]] {
				w.pairK[at+j] += int64(v) << 32
			}
		}
		w.pairs = append(w.pairs, pair{first, lo, len(w.pairK)})
	}
}

// fix rounds the weights, divided by their sum, half away from zero.
func fix(k []int32, row []float64, sum float64) {
	for j, v := range row {
		if sum != 0 {
			v /= sum
		}
		k[j] = int32(math.Trunc(math.Copysign(0.5, v) + float64(v*(1<<precision))))
	}
}

// plain reports whether the axis keeps its size; Pillow then does not resample it.
func (w *weights) plain() bool { return w.key.extent == float64(w.key.out) }

// span returns the range of input pixels that the weights use, or that are copied.
func (w *weights) span() (lo, hi int) {
	if w.plain() {
		return w.key.lo, w.key.lo + w.n
	}
	last := w.n - 1
	return w.first[0], w.first[last] + w.count[last]
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
