// Package memory allocates large arrays for vector code: at multiples of a cache line and,
// where the system has them, on huge pages. Arenas lends memory outside the heap of the garbage
// collector.
package memory

import "unsafe"

const (
	line = 64
	huge = 2 << 20
)

// Floats returns n zero float32 values at a multiple of 64 bytes.
func Floats(n int) []float32 {
	if n == 0 {
		return nil
	}
	return floatsOf(Bytes(4 * n))
}

// floatsOf returns bytes as the float32 values that they hold.
func floatsOf(b []byte) []float32 {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), len(b)/4)
}

// Bytes returns n zero bytes at a multiple of 64 bytes. From 4 MiB on it asks for pages of 2
// MiB: a product of matrices accesses more rows at once than the processor can hold
// translations of small pages for.
func Bytes(n int) []byte {
	if n == 0 {
		return nil
	}
	align := line
	if n >= 2*huge {
		align = huge
	}
	b := make([]byte, n+align)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (align - 1)
	b = b[skip : skip+n : skip+n]
	if align == huge {
		adviseHuge(b[:n&^(huge-1)])
	}
	return b
}
