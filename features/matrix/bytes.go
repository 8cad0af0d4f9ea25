package matrix

import (
	"unsafe"

	"repbench/internal/equalrows"
)

// Bytes are the rows of the view as bytes, float16 elements as float32, to be compared with
// those of another.
func (m View) Bytes() equalrows.Set {
	return equalrows.Set{N: m.N, Open: func() equalrows.Reader {
		r := Reader{M: m}
		var out [BlockRows][]byte
		return func(lo, hi int) [][]byte {
			for i, row := range r.Read(lo, hi) {
				out[i] = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(row))), 4*len(row))
			}
			return out[:hi-lo]
		}
	}}
}

// A reader reads as many rows at once as are asked for.
var _ [BlockRows - equalrows.Block]struct{}
