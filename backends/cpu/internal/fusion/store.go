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

// save converts a tile, or the first part of a tile, and stores it; its first element is element
// at of dst.
func (o *operand) save(dst unsafe.Pointer, at int, src []float32) {
	o.saveRuns(unsafe.Add(dst, at*o.typ.Size()), src, o.runs)
}

// saveRuns stores src along the axes rs. The length of src decides the length of the first axis.
func (o *operand) saveRuns(dst unsafe.Pointer, src []float32, rs []run) {
	first, rest := rs[0], rs[1:]
	if len(rest) == 0 && (first.stride == 1 || len(src) == 1) {
		writers[o.typ](dst, src)
		return
	}
	if o.apart(first, rest) {
		n := rest[0].n
		simd.MatrixTile().CopyApart(unsafe.Slice((*float32)(dst), (len(src)/n-1)*first.stride+n), first.stride, src, n, len(src)/n, n)
		return
	}
	part, step := rowSize(rest), first.stride*o.typ.Size()
	if len(rest) == 0 {
		rest = []run{{1, 1}}
	}
	for i := 0; i*part < len(src); i++ {
		o.saveRuns(unsafe.Add(dst, i*step), src[i*part:(i+1)*part], rest)
	}
}

// store converts src to type t and stores it at element at of dst.
func store(t Type, dst unsafe.Pointer, at int, src []float32) {
	writers[t](unsafe.Add(dst, at*t.Size()), src)
}
