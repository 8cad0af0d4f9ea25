package fusion

import (
	"unsafe"

	"repbench/internal/simd"
)

// writers store len(src) contiguous elements of a type at dst.
var writers = [numTypes]func(dst unsafe.Pointer, src []float32){
	Float32:  func(dst unsafe.Pointer, src []float32) { copy(unsafe.Slice((*float32)(dst), len(src)), src) },
	Bool:     storeBool,
	Uint8:    storeInt[uint8],
	Int8:     storeInt[int8],
	BFloat16: func(dst unsafe.Pointer, src []float32) { simd.ToBF16(unsafe.Slice((*uint16)(dst), len(src)), src) },
	Float16:  func(dst unsafe.Pointer, src []float32) { simd.ToF16(unsafe.Slice((*uint16)(dst), len(src)), src) },
}

func storeBool(dst unsafe.Pointer, src []float32) {
	out := unsafe.Slice((*bool)(dst), len(src))
	for i, v := range src {
		out[i] = v != 0
	}
}

func storeInt[T uint8 | int8](dst unsafe.Pointer, src []float32) {
	out := unsafe.Slice((*T)(dst), len(src))
	for i, v := range src {
		out[i] = T(v)
	}
}

// store converts src to type t and stores it at element at of dst.
func store(t Type, dst unsafe.Pointer, at int, src []float32) {
	writers[t](unsafe.Add(dst, at*t.Size()), src)
}
