package npy

import (
	"encoding/binary"
	"fmt"
	"math"
)

// AppendFloats appends the little-endian encoding of values as Float32 or as Float16, rounded
// to nearest even. A value that is not finite, or does not fit float16, is an error; at is then
// its index.
func AppendFloats(dst []byte, d DType, values []float32) (out []byte, at int, err error) {
	if d != Float32 && d != Float16 {
		return dst, 0, fmt.Errorf("%s is neither %s nor %s", d, Float32, Float16)
	}
	for i, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return dst, i, fmt.Errorf("the value is %g", v)
		}
		if d == Float32 {
			dst = binary.LittleEndian.AppendUint32(dst, math.Float32bits(v))
			continue
		}
		h := Float32ToFloat16(v)
		if h&0x7fff == 0x7c00 {
			return dst, i, fmt.Errorf("%g does not fit float16; write float32", v)
		}
		dst = binary.LittleEndian.AppendUint16(dst, h)
	}
	return dst, 0, nil
}
