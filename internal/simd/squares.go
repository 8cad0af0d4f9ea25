package simd

// Squares8 sets sums[i] to the sum over j of (a[8j+i]·f − b[8j+i]·g)², in float64 and in the order of
// j. len(a) is a multiple of 8; b is as long. All instruction sets give the same bits.
func Squares8(sums *[8]float64, a []float32, f float64, b []float32, g float64) {
	squares8(active, sums, a, f, b, g)
}

func squares8(k *kernels, sums *[8]float64, a []float32, f float64, b []float32, g float64) {
	n := len(a) &^ 7
	if b = b[:n]; n == 0 {
		*sums = [8]float64{}
		return
	}
	if k.squares8 != nil {
		k.squares8(noescape(&sums[0]), noescape(&a[0]), noescape(&b[0]), f, g, n)
		return
	}
	var s0, s1, s2, s3, s4, s5, s6, s7 float64
	for j := 0; j < n; j += 8 {
		x, y := a[j:j+8:j+8], b[j:j+8:j+8]
		s0 += square(x[0], f, y[0], g)
		s1 += square(x[1], f, y[1], g)
		s2 += square(x[2], f, y[2], g)
		s3 += square(x[3], f, y[3], g)
		s4 += square(x[4], f, y[4], g)
		s5 += square(x[5], f, y[5], g)
		s6 += square(x[6], f, y[6], g)
		s7 += square(x[7], f, y[7], g)
	}
	*sums = [8]float64{s0, s1, s2, s3, s4, s5, s6, s7}
}

// square returns (a·f − b·g)². The conversions keep a compiler from fusing products and sums, which
// would make the last bit depend on the processor.
func square(a float32, f float64, b float32, g float64) float64 {
	d := float64(float64(a)*f) - float64(float64(b)*g)
	return float64(d * d)
}
