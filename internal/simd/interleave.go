package simd

// Interleave sets dst[2i] = a[i] and dst[2i+1] = b[i] for all i < len(dst)/2. dst must not overlap
// a and b, which have at least half of its elements.
func Interleave(dst, a, b []float32) { interleave(active.vec, dst, a, b) }

func interleave(v *vectorOps, dst, a, b []float32) {
	n := len(dst) / 2
	a, b = a[:n], b[:n]
	if v.step < 2 || n < v.step {
		for i, x := range a {
			dst[2*i], dst[2*i+1] = x, b[i]
		}
		return
	}
	whole := n / v.step * v.step
	v.interleave(noescape(&dst[0]), noescape(&a[0]), noescape(&b[0]), whole)
	if whole < n { // once more up to the end
		i := n - v.step
		v.interleave(noescape(&dst[2*i]), noescape(&a[i]), noescape(&b[i]), v.step)
	}
}
