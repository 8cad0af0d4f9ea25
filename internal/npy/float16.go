package npy

import "math"

// Float16ToFloat32 returns the value of IEEE 754 half-precision bits, exactly.
func Float16ToFloat32(bits uint16) float32 {
	sign := uint32(bits&0x8000) << 16
	exp, frac := uint32(bits>>10)&0x1f, uint32(bits&0x3ff)
	switch exp {
	case 0: // zero or subnormal: frac · 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)*(1.0/(1<<24))))
	case 0x1f: // infinity or NaN; the payload is kept
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// Float32ToFloat16 returns the half-precision bits nearest to f, ties to even. Values of 65,520
// or more become infinite. A NaN stays a NaN; it becomes quiet and keeps the upper bits of its
// payload.
func Float32ToFloat16(f float32) uint16 {
	b := math.Float32bits(f)
	sign, abs := uint16(b>>16)&0x8000, b&0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN
		return sign | 0x7e00 | uint16(abs>>13)&0x3ff
	case abs >= 0x477ff000: // 65520 = half way beyond the largest half
		return sign | 0x7c00
	case abs >= 0x38800000: // 2^-14: normal halves
		abs -= (127 - 15) << 23
		return sign | uint16((abs+0xfff+abs>>13&1)>>13)
	}
	// Subnormal: adding 0.5 leaves the value in units of 2^-24 in the low bits
	// of the sum, rounded to nearest even by the addition itself.
	sum := math.Float32frombits(abs) + 0.5
	return sign | uint16(math.Float32bits(sum)-math.Float32bits(0.5))
}
