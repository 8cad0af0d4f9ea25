package simd

import "math"

// The functions of this file and of vector_convert.go and math.go work on
// vectors of float32, typically tiles of a few hundred to a few thousand elements in the
// first-level cache. Operands must have at least len(dst) elements, which is checked. dst may
// equal an operand, but must not overlap it otherwise. An element of the result depends on the
// instruction set and on the elements of the operands with the same index, not on its position
// or on the length.

type (
	unaryKernel  func(dst, a *float32, n int)
	binaryKernel func(dst, a, b *float32, n int)
	reduceKernel func(a *float32, n int) float32
)

// vectorOps holds the vector kernels of one instruction set. n is at least 1.
type vectorOps struct {
	add, sub, mul, div, max, min        binaryKernel
	addRelu                             binaryKernel
	equal, notEqual, less, lessEqual    binaryKernel
	neg, abs, sign, floor, ceil, round  unaryKernel
	sqrt, rsqrt, exp, expm1, log, log1p unaryKernel
	tanh, sigmoid, erf                  unaryKernel
	sum, maxOf, minOf                   reduceKernel

	finish [numFinishings]finishKernel

	expSum func(dst, a *float32, shift float32, n int) float32
	scale  func(dst, a *float32, factor float32, n int)
	choose func(dst, cond, a, b *float32, n int)
	fill   func(dst *float32, v float32, n int)
	// interleave takes multiples of step, if step is more than 1.
	interleave func(dst, a, b *float32, n int)

	// The conversions accept multiples of step as n; step is at most maxStep.
	step      int
	fromUint8 func(dst *float32, src *uint8, n int)
	fromBF16  func(dst *float32, src *uint16, n int)
	fromF16   func(dst *float32, src *uint16, n int)
	toBF16    func(dst *uint16, src *float32, n int)
	toF16     func(dst *uint16, src *float32, n int)
}

// Add sets dst[i] = a[i] + b[i].
func Add(dst, a, b []float32) { binary(active.vec.add, dst, a, b) }

// Sub sets dst[i] = a[i] - b[i].
func Sub(dst, a, b []float32) { binary(active.vec.sub, dst, a, b) }

// Mul sets dst[i] = a[i]·b[i].
func Mul(dst, a, b []float32) { binary(active.vec.mul, dst, a, b) }

// Div sets dst[i] = a[i] / b[i].
func Div(dst, a, b []float32) { binary(active.vec.div, dst, a, b) }

// Max sets dst[i] to the larger of a[i] and b[i]: NaN if either is NaN, and +0 for two zeros of
// different sign.
func Max(dst, a, b []float32) { binary(active.vec.max, dst, a, b) }

// Min sets dst[i] to the smaller of a[i] and b[i]: NaN if either is NaN, and -0 for two zeros
// of different sign.
func Min(dst, a, b []float32) { binary(active.vec.min, dst, a, b) }

// AddRelu sets dst[i] to Max of a[i] + b[i] and +0.
func AddRelu(dst, a, b []float32) { binary(active.vec.addRelu, dst, a, b) }

// Equal sets dst[i] to 1 where a[i] = b[i] and to 0 elsewhere, including NaN.
func Equal(dst, a, b []float32) { binary(active.vec.equal, dst, a, b) }

// NotEqual sets dst[i] to 0 where a[i] = b[i] and to 1 elsewhere, including NaN.
func NotEqual(dst, a, b []float32) { binary(active.vec.notEqual, dst, a, b) }

// Less sets dst[i] to 1 where a[i] < b[i] and to 0 elsewhere, including NaN.
func Less(dst, a, b []float32) { binary(active.vec.less, dst, a, b) }

// LessEqual sets dst[i] to 1 where a[i] ≤ b[i] and to 0 elsewhere, including NaN.
func LessEqual(dst, a, b []float32) { binary(active.vec.lessEqual, dst, a, b) }

// Select sets dst[i] to a[i] where cond[i] is not 0 (NaN is not 0) and to b[i] elsewhere.
func Select(dst, cond, a, b []float32) { choose3(active.vec, dst, cond, a, b) }

// Neg sets dst[i] = -a[i].
func Neg(dst, a []float32) { unary(active.vec.neg, dst, a) }

// Abs sets dst[i] = |a[i]|.
func Abs(dst, a []float32) { unary(active.vec.abs, dst, a) }

// Sign sets dst[i] to 1 or -1, the sign of a[i], or to a[i] if that is a zero or NaN.
func Sign(dst, a []float32) { unary(active.vec.sign, dst, a) }

// Floor sets dst[i] to the largest integer that is at most a[i].
func Floor(dst, a []float32) { unary(active.vec.floor, dst, a) }

// Ceil sets dst[i] to the smallest integer that is at least a[i].
func Ceil(dst, a []float32) { unary(active.vec.ceil, dst, a) }

// Round sets dst[i] to the integer nearest to a[i], halves to even.
func Round(dst, a []float32) { unary(active.vec.round, dst, a) }

// Fill sets every element of dst to v.
func Fill(dst []float32, v float32) { fill(active.vec, dst, v) }

// Sum returns the sum of a in float32, 0 if a is empty. The order of the
// additions is fixed by the length and the instruction set.
func Sum(a []float32) float32 { return reduce(active.vec.sum, a, 0) }

func unary(f unaryKernel, dst, a []float32) {
	n := len(dst)
	if n == 0 {
		return
	}
	_ = a[n-1]
	f(noescape(&dst[0]), noescape(&a[0]), n)
}

func binary(f binaryKernel, dst, a, b []float32) {
	n := len(dst)
	if n == 0 {
		return
	}
	_, _ = a[n-1], b[n-1]
	f(noescape(&dst[0]), noescape(&a[0]), noescape(&b[0]), n)
}

func choose3(v *vectorOps, dst, cond, a, b []float32) {
	n := len(dst)
	if n == 0 {
		return
	}
	_, _, _ = cond[n-1], a[n-1], b[n-1]
	v.choose(noescape(&dst[0]), noescape(&cond[0]), noescape(&a[0]), noescape(&b[0]), n)
}

func fill(v *vectorOps, dst []float32, x float32) {
	if len(dst) > 0 {
		v.fill(noescape(&dst[0]), x, len(dst))
	}
}

func reduce(f reduceKernel, a []float32, empty float32) float32 {
	if len(a) == 0 {
		return empty
	}
	return f(noescape(&a[0]), len(a))
}

var infinity = float32(math.Inf(1))

// MaxOf returns the largest element of a, with NaN and zeros as in Max; -Inf if a is empty.
func MaxOf(a []float32) float32 { return reduce(active.vec.maxOf, a, -infinity) }

// MinOf returns the smallest element of a, with NaN and zeros as in Min; +Inf if a is empty.
func MinOf(a []float32) float32 { return reduce(active.vec.minOf, a, infinity) }
