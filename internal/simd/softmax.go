package simd

import "math"

// Softmax sets dst to e^a[i] divided by the sum of all e^a[j]: each a number within 0 and 1, or
// NaN if an element of a is NaN or +Inf, or all are -Inf. The error is at most 4 ulp plus that of
// the rounded differences to the largest element, half an ulp of which are e^x's relative error.
// dst may be a.
func Softmax(dst, a []float32) { softmax(active.vec, dst, a) }

func softmax(v *vectorOps, dst, a []float32) {
	n := len(dst)
	if n == 0 {
		return
	}
	_ = a[n-1]
	d, x := noescape(&dst[0]), noescape(&a[0])
	sum := v.expSum(d, x, v.maxOf(x, n), n)
	v.scale(d, d, 1/sum, n)
}

func expSumLoop(dst, a []float32, shift float32) float32 {
	sum := 0.0
	for i, x := range a {
		dst[i] = float32(math.Exp(float64(x - shift)))
		sum += float64(dst[i])
	}
	return float32(sum)
}

func scaleLoop(dst, a []float32, factor float32) {
	for i, x := range a {
		dst[i] = x * factor
	}
}
