package simd

import "runtime"

// Spin keeps the arithmetic units of one processor as busy as possible, for n ≥ 1 rounds of
// independent fused multiply-adds without memory accesses. It returns the number of
// floating-point operations. Its rate is the peak with which the speed of products is compared.
func Spin(n int) (flops int) {
	active.spin(n)
	return n * active.spinFlops
}

// spinProducts is the number of products of bytes of a round of the kernel of SpinBytes.
const spinProducts = 28 * 64

// SpinBytes is Spin for products of bytes: n ≥ 1 rounds of independent products of groups of four
// bytes. It returns the number of products; 0: the machine has no instructions for them.
func SpinBytes(n int) (products int) {
	if active.spinBytes == nil {
		return 0
	}
	active.spinBytes(n)
	return n * spinProducts
}

// spinSums is the number of sums of spinPortable.
const spinSums = 8

func spinPortable(n int) {
	var a, b, c, d, e, f, g, h float32
	x := float32(0.5)
	for range n {
		a += x * x
		b += x * x
		c += x * x
		d += x * x
		e += x * x
		f += x * x
		g += x * x
		h += x * x
		x = -x
	}
	runtime.KeepAlive(a + b + c + d + e + f + g + h)
}
