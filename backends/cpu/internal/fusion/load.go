package fusion

import (
	"unsafe"

	"repbench/internal/simd"
)

// operand is an input or output in terms of tiles.
type operand struct {
	typ     Type
	offset  int   // of the first element
	steps   []int // the distance by which each loop of the grid moves it
	runs    []run // its axes within a tile
	strides []int // per axis; only in plans of rows
	window  bool  // offsets count from the first tile of each task
}

// reader loads elements of a storage type.
type reader struct {
	// row converts len(dst) contiguous elements at src.
	row func(dst []float32, src unsafe.Pointer)
	// gather converts len(dst) elements that are stride elements apart. scratch has room for as
	// many elements.
	gather func(dst []float32, src unsafe.Pointer, stride int, scratch []uint16)
}

var readers = [numTypes]reader{
	Float32:  {row: copyRow, gather: gather[float32]},
	Bool:     {row: bytesRow, gather: gather[uint8]},
	Uint8:    {row: bytesRow, gather: gather[uint8]},
	Int8:     {row: int8Row, gather: gather[int8]},
	BFloat16: {row: bf16Row, gather: gatherBF16},
	Float16:  {row: f16Row, gather: gatherF16},
}

func copyRow(dst []float32, src unsafe.Pointer) {
	copy(dst, unsafe.Slice((*float32)(src), len(dst)))
}

func bytesRow(dst []float32, src unsafe.Pointer) {
	simd.FromUint8(dst, unsafe.Slice((*uint8)(src), len(dst)))
}

func int8Row(dst []float32, src unsafe.Pointer) {
	for i, v := range unsafe.Slice((*int8)(src), len(dst)) {
		dst[i] = float32(v)
	}
}

func bf16Row(dst []float32, src unsafe.Pointer) {
	simd.FromBF16(dst, unsafe.Slice((*uint16)(src), len(dst)))
}

func f16Row(dst []float32, src unsafe.Pointer) {
	simd.FromF16(dst, unsafe.Slice((*uint16)(src), len(dst)))
}

func gather[T float32 | uint8 | int8](dst []float32, src unsafe.Pointer, stride int, _ []uint16) {
	size := stride * int(unsafe.Sizeof(T(0)))
	for i := range dst {
		dst[i] = float32(*(*T)(unsafe.Add(src, i*size)))
	}
}

func gatherBF16(dst []float32, src unsafe.Pointer, stride int, scratch []uint16) {
	simd.FromBF16(dst, gatherBits(scratch[:len(dst)], src, stride))
}

func gatherF16(dst []float32, src unsafe.Pointer, stride int, scratch []uint16) {
	simd.FromF16(dst, gatherBits(scratch[:len(dst)], src, stride))
}

func gatherBits(dst []uint16, src unsafe.Pointer, stride int) []uint16 {
	for i := range dst {
		dst[i] = *(*uint16)(unsafe.Add(src, 2*i*stride))
	}
	return dst
}

// load converts a tile, or the first part of a tile, whose first element is element at of src.
// scratch has room for len(dst) elements.
func (o *operand) load(dst []float32, src unsafe.Pointer, at int, scratch []uint16) {
	o.rows(dst, unsafe.Add(src, at*o.typ.Size()), o.runs, scratch)
}

// rows fills dst from the axes rs. The length of dst decides the length of the first axis.
func (o *operand) rows(dst []float32, src unsafe.Pointer, rs []run, scratch []uint16) {
	first, rest := rs[0], rs[1:]
	switch {
	case len(rest) == 0:
		o.row(dst, src, first.stride, scratch)
	case o.apart(first, rest):
		n := rest[0].n
		simd.MatrixTile().CopyApart(dst, n, unsafe.Slice((*float32)(src), (len(dst)/n-1)*first.stride+n), first.stride, len(dst)/n, n)
	case first.stride == 0:
		part := rowSize(rest)
		o.rows(dst[:part], src, rest, scratch)
		repeat(dst, part)
	default:
		part, step := rowSize(rest), first.stride*o.typ.Size()
		for i := 0; i*part < len(dst); i++ {
			o.rows(dst[i*part:(i+1)*part], unsafe.Add(src, i*step), rest, scratch)
		}
	}
}

// apart reports whether the axes are rows of contiguous numbers, evenly spaced.
func (o *operand) apart(first run, rest []run) bool {
	return o.typ == Float32 && len(rest) == 1 && rest[0].stride == 1 && first.stride >= rest[0].n
}

// row fills dst from elements stride apart.
func (o *operand) row(dst []float32, src unsafe.Pointer, stride int, scratch []uint16) {
	r := &readers[o.typ]
	switch stride {
	case 1:
		r.row(dst, src)
	case 0:
		r.gather(dst[:1], src, 0, scratch)
		fill(dst, dst[0])
	default:
		r.gather(dst, src, stride, scratch)
	}
}

// rowSize returns the number of elements of the axes.
func rowSize(rs []run) int {
	n := 1
	for _, r := range rs {
		n *= r.n
	}
	return n
}

// repeat fills dst with copies of its first n elements.
func repeat(dst []float32, n int) {
	for n < len(dst) {
		n += copy(dst[n:], dst[:n])
	}
}

// shortRow is the length up to which a plain loop beats a call.
const shortRow = 16

func fill(dst []float32, v float32) {
	if len(dst) > shortRow {
		simd.Fill(dst, v)
		return
	}
	for i := range dst {
		dst[i] = v
	}
}
