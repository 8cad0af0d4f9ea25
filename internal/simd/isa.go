package simd

import "fmt"

// ISA is a set of vector instructions; larger values are faster.
type ISA int

// The instruction sets for which there are kernels.
const (
	Portable ISA = iota // plain Go
	AVX2                // AVX2, FMA and F16C
	AVX512              // AVX-512 F, DQ, BW and VL
)

var isaNames = [...]string{Portable: "portable", AVX2: "avx2", AVX512: "avx512"}

// String returns the name that EnvISA accepts.
func (i ISA) String() string {
	if i < 0 || int(i) >= len(isaNames) {
		return fmt.Sprintf("ISA(%d)", int(i))
	}
	return isaNames[i]
}
