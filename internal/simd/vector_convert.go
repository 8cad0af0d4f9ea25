package simd

// maxStep is the largest step of a conversion, in elements.
const maxStep = 16

// FromUint8 sets dst[i] to the value of src[i].
func FromUint8(dst []float32, src []uint8) {
	convert(active.vec.fromUint8, active.vec.step, dst, src)
}

// FromBF16 sets dst[i] to the value whose bfloat16 bits are src[i].
func FromBF16(dst []float32, src []uint16) {
	convert(active.vec.fromBF16, active.vec.step, dst, src)
}

// FromF16 sets dst[i] to the value whose IEEE half-precision bits are src[i].
func FromF16(dst []float32, src []uint16) { convert(active.vec.fromF16, active.vec.step, dst, src) }

// ToBF16 sets dst[i] to the bits of the bfloat16 nearest to src[i], halves to even. A NaN
// becomes quiet and keeps the upper bits of its payload.
func ToBF16(dst []uint16, src []float32) { convert(active.vec.toBF16, active.vec.step, dst, src) }

// ToF16 sets dst[i] to the bits of the IEEE half-precision number nearest to src[i], halves to
// even. A NaN becomes quiet and keeps the upper bits of its payload.
func ToF16(dst []uint16, src []float32) { convert(active.vec.toF16, active.vec.step, dst, src) }

// convert calls f with whole steps; the rest is copied and padded to one step.
func convert[D, S any](f func(dst *D, src *S, n int), step int, dst []D, src []S) {
	n := len(dst)
	if n == 0 {
		return
	}
	_ = src[n-1]
	whole := n &^ (step - 1)
	if whole > 0 {
		f(noescape(&dst[0]), noescape(&src[0]), whole)
	}
	if whole == n {
		return
	}
	var from [maxStep]S
	var to [maxStep]D
	copy(from[:], src[whole:n])
	f(noescape(&to[0]), noescape(&from[0]), step)
	copy(dst[whole:], to[:n-whole])
}
