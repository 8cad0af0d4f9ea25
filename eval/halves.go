package eval

import "math"

// halfRange is the largest number of steps of 16 bits whose high byte, rounded,
// still has room for its sign.
const halfRange = 127*256 + 127

// halves are vectors rounded to 16 bits, each element as two bytes with a sign:
//
//	v_kj ≈ unit_k·(256·high_kj + low_kj).
//
// bytes has, for each four elements and each vector, four high and four low bytes.
type halves struct {
	count int
	unit  []float64
	bytes []int8
}

// newHalves makes room for count vectors of n elements, a multiple of four.
func newHalves(n, count int) *halves {
	return &halves{count: count, unit: make([]float64, count), bytes: make([]int8, 2*n*count)}
}

// set rounds vector k to v, which may be shorter, and returns the sum of what it
// was rounded to.
func (h *halves) set(k int, v []float64) (sum float64) {
	var largest float64
	for _, a := range v {
		largest = max(largest, math.Abs(a))
	}
	h.unit[k] = largest / halfRange
	var inverse float64
	if largest > math.SmallestNonzeroFloat32 {
		inverse = halfRange / largest
	}
	total := 0
	for j, a := range v {
		q := int(math.RoundToEven(a * inverse))
		total += q
		high := (q + 128) >> 8
		at := j/4*8*h.count + 8*k + j%4
		h.bytes[at], h.bytes[at+4] = int8(high), int8(q-high<<8)
	}
	for j := len(v); j < len(h.bytes)/(2*h.count); j++ {
		at := j/4*8*h.count + 8*k + j%4
		h.bytes[at], h.bytes[at+4] = 0, 0
	}
	return h.unit[k] * float64(total)
}
