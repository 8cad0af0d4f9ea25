package simd

import (
	"math"
	"unsafe"
)

// loop2 makes a kernel of a loop over slices.
func loop2(f func(dst, a, b []float32)) binaryKernel {
	return func(dst, a, b *float32, n int) {
		f(unsafe.Slice(dst, n), unsafe.Slice(a, n), unsafe.Slice(b, n))
	}
}

// fold makes a kernel of a loop over a slice.
func fold(f func(a []float32) float32) reduceKernel {
	return func(a *float32, n int) float32 { return f(unsafe.Slice(a, n)) }
}

// each makes a kernel that applies f to each element.
func each(f func(x float32) float32) unaryKernel { return map1(f) }

func map1[D, S any](f func(S) D) func(dst *D, src *S, n int) {
	return func(dst *D, src *S, n int) {
		d := unsafe.Slice(dst, n)
		for i, x := range unsafe.Slice(src, n) {
			d[i] = f(x)
		}
	}
}

func addLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x + b[i]
	}
}

func subLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x - b[i]
	}
}

func mulLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x * b[i]
	}
}

func divLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = x / b[i]
	}
}

func addReluLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = max(x+b[i], 0)
	}
}

func maxLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = max(x, b[i])
	}
}

func minLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = min(x, b[i])
	}
}

func equalLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = truth(x == b[i])
	}
}

func notEqualLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = truth(x != b[i])
	}
}

func lessLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = truth(x < b[i])
	}
}

func lessEqualLoop(dst, a, b []float32) {
	for i, x := range a {
		dst[i] = truth(x <= b[i])
	}
}

func selectLoop(dst, cond, a, b []float32) {
	for i, c := range cond {
		if c != 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

// truth is 1 for true and 0 for false.
func truth(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// sumLoop adds with four accumulators.
func sumLoop(a []float32) float32 {
	var s0, s1, s2, s3 float32
	for ; len(a) >= 4; a = a[4:] {
		s0 += a[0]
		s1 += a[1]
		s2 += a[2]
		s3 += a[3]
	}
	for _, x := range a {
		s0 += x
	}
	return (s0 + s1) + (s2 + s3)
}

func maxOfLoop(a []float32) float32 {
	m := a[0]
	for _, x := range a {
		m = max(m, x)
	}
	return m
}

func minOfLoop(a []float32) float32 {
	m := a[0]
	for _, x := range a {
		m = min(m, x)
	}
	return m
}

func fromBF16(b uint16) float32 { return math.Float32frombits(uint32(b) << 16) }

func toBF16(x float32) uint16 {
	b := math.Float32bits(x)
	if x != x {
		return uint16(b>>16) | 0x40
	}
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// inFloat64 computes f in float64 and rounds.
func inFloat64(f func(float64) float64) func(float32) float32 {
	return func(x float32) float32 { return float32(f(float64(x))) }
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func abs(x float32) float32 { return math.Float32frombits(math.Float32bits(x) &^ (1 << 31)) }

func sign(x float32) float32 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

// sqrt rounds once: a double has more than twice the bits of a single, plus two.
func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

func rsqrt(x float32) float32 { return 1 / sqrt(x) }
