package passes

import "math"

// fixedPoint are vectors, each rounded to whole steps of its own size, of one byte or
// two, each with a sign:
//
//	v_kj ≈ unit_k·q_kj,  q_kj = byte, or 256·high + low.
//
// bytes has, for each four elements and each vector, four bytes or four high and
// four low ones.
type fixedPoint struct {
	count int
	width int // bytes an element
	unit  []float64
	bytes []int8
}

// fixedRange is the largest number of steps by the bytes of an element; the range of
// two bytes leaves room for the sign of a rounded high one.
var fixedRange = [...]float64{1: 127, 2: 127*256 + 127}

// newFixedPoint makes room for count vectors of n elements, a multiple of four, with so
// many bytes each.
func newFixedPoint(n, count, width int) *fixedPoint {
	return &fixedPoint{count: count, width: width, unit: make([]float64, count), bytes: make([]int8, width*n*count)}
}

// set rounds vector k to v, which may be shorter, and returns the sum of what it
// was rounded to.
func (f *fixedPoint) set(k int, v []float64) (sum float64) {
	var largest float64
	for _, a := range v {
		largest = max(largest, math.Abs(a))
	}
	f.unit[k] = largest / fixedRange[f.width]
	var inverse float64
	if largest > math.SmallestNonzeroFloat32 {
		inverse = fixedRange[f.width] / largest
	}
	total, group := 0, 4*f.width
	to := f.bytes[group*k:]
	for j := range len(f.bytes) / (f.width * f.count) {
		q := 0
		if j < len(v) {
			q = int(math.RoundToEven(v[j] * inverse))
		}
		total += q
		at := j/4*group*f.count + j%4
		if f.width == 1 {
			to[at] = int8(q)
			continue
		}
		high := (q + 128) >> 8
		to[at], to[at+4] = int8(high), int8(q-high<<8)
	}
	return f.unit[k] * float64(total)
}
