package simd

import (
	"math"
	"slices"
	"testing"

	"repbench/internal/npy"
)

// conversionLengths are lengths around one and two steps.
var conversionLengths = []int{0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33}

// testConvert compares conversions of all of src, and of parts of several lengths, with want.
func testConvert[D comparable, S any](t *testing.T, what string, f func(dst *D, src *S, n int), step int, src []S, want func(S) D, equal func(a, b D) bool) {
	t.Helper()
	dst := make([]D, len(src)+1)
	for _, n := range append(slices.Clone(conversionLengths), len(src)) {
		n = min(n, len(src))
		clear(dst)
		convert(f, step, dst[:n], src)
		for i, x := range src[:n] {
			if w := want(x); !equal(dst[i], w) {
				t.Fatalf("%s: element %d of %d: %v gives %v, want %v", what, i, n, x, dst[i], w)
			}
		}
		var zero D
		if dst[n] != zero {
			t.Fatalf("%s of %d wrote behind the end", what, n)
		}
	}
}

func TestFrom(t *testing.T) {
	bytes, halves := make([]uint8, 1<<8), make([]uint16, 1<<16)
	for i := range bytes {
		bytes[i] = uint8(i)
	}
	for i := range halves {
		halves[i] = uint16(i)
	}
	for _, kern := range supported() {
		v, isa := kern.vec, kern.isa.String()
		testConvert(t, isa+" uint8", v.fromUint8, v.step, bytes, func(b uint8) float32 { return float32(b) }, same)
		testConvert(t, isa+" half", v.fromF16, v.step, halves, npy.Float16ToFloat32, same)
		testConvert(t, isa+" bfloat16", v.fromBF16, v.step, halves,
			func(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }, same)
	}
}

func TestTo(t *testing.T) {
	x := specials()
	for bits := uint64(0); bits < 1<<32; bits += 32749 {
		x = append(x, math.Float32frombits(uint32(bits)))
	}
	for b := range uint32(1 << 16) { // around every bfloat16 and every midpoint
		for _, low := range []uint32{0, 1, 0x7fff, 0x8000, 0x8001, 0xffff} {
			x = append(x, math.Float32frombits(b<<16|low))
		}
	}
	equal := func(a, b uint16) bool { return a == b }
	for _, kern := range supported() {
		v, isa := kern.vec, kern.isa.String()
		testConvert(t, isa+" half", v.toF16, v.step, x, npy.Float32ToFloat16, equal)
		testConvert(t, isa+" bfloat16", v.toBF16, v.step, x, nearestBF16, equal)
	}
}

// nearestBF16 compares the two neighbours of x in float64. The upper neighbour of the largest
// number is 2^128, which stands for infinity.
func nearestBF16(x float32) uint16 {
	bits := math.Float32bits(x)
	low := uint16(bits >> 16)
	if x != x {
		return low | 0x40
	}
	if bits&0xffff == 0 {
		return low
	}
	value := func(b uint16) float64 {
		if b&0x7fff == 0x7f80 {
			return 0x1p128
		}
		return math.Abs(float64(math.Float32frombits(uint32(b) << 16)))
	}
	a := math.Abs(float64(x))
	below, above := a-value(low), value(low+1)-a
	if below > above || below == above && low&1 == 1 {
		return low + 1
	}
	return low
}

// TestConversions: each function calls its own kernel.
func TestConversions(t *testing.T) {
	h, f := make([]uint16, 2), make([]float32, 2)
	src := []float32{1, -2.5}
	if ToBF16(h, src); h[0] != 0x3f80 || h[1] != 0xc020 {
		t.Errorf("bfloat16 %#04x", h)
	}
	if FromBF16(f, h); !slices.Equal(f, src) {
		t.Errorf("from bfloat16: %g", f)
	}
	if ToF16(h, src); h[0] != 0x3c00 || h[1] != 0xc100 {
		t.Errorf("half %#04x", h)
	}
	if FromF16(f, h); !slices.Equal(f, src) {
		t.Errorf("from half: %g", f)
	}
	if FromUint8(f, []uint8{0, 255}); !slices.Equal(f, []float32{0, 255}) {
		t.Errorf("from uint8: %g", f)
	}
}
