package fusion

import (
	"math"

	"repbench/internal/simd"
)

// The kernels of rare operations compute one element at a time, in float64.

func pow(dst, a, b []float32) {
	for i := range dst {
		dst[i] = float32(math.Pow(float64(a[i]), float64(b[i])))
	}
}

func rem(dst, a, b []float32) {
	for i := range dst {
		dst[i] = float32(math.Mod(float64(a[i]), float64(b[i])))
	}
}

func atan2(dst, a, b []float32) {
	for i := range dst {
		dst[i] = float32(math.Atan2(float64(a[i]), float64(b[i])))
	}
}

func sin(dst, a []float32) {
	for i := range dst {
		dst[i] = float32(math.Sin(float64(a[i])))
	}
}

func cos(dst, a []float32) {
	for i := range dst {
		dst[i] = float32(math.Cos(float64(a[i])))
	}
}

func truncTo[T uint8 | int8](dst, a []float32) {
	for i := range dst {
		dst[i] = float32(T(a[i]))
	}
}

// halfKind converts to a type of 16 bits and back.
type halfKind struct {
	to   func(dst []uint16, src []float32)
	from func(dst []float32, src []uint16)
}

var (
	bfloat16 = halfKind{to: simd.ToBF16, from: simd.FromBF16}
	float16  = halfKind{to: simd.ToF16, from: simd.FromF16}
)

// round sets dst to a rounded to the values of h; scratch has at least len(dst) elements. dst
// may be a.
func (h *halfKind) round(dst, a []float32, scratch []uint16) {
	scratch = scratch[:len(dst)]
	h.to(scratch, a[:len(dst)])
	h.from(dst, scratch)
}
