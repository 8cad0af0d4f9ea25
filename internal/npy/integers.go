package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// ErrRange reports a whole number that is larger than an int64 can be.
var ErrRange = errors.New("larger than an int64 can be")

// ReadIntegers returns the shape and the elements, row-major, of a file of whole numbers: any
// signed or unsigned type, or bool, with true as 1. Other elements give an error; it is a
// *TypeError if NumPy itself does not treat them as numbers.
func ReadIntegers(path string) (shape []int, values []int64, err error) {
	f, h, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	widen := widener(h.DType)
	if widen == nil {
		return nil, nil, fmt.Errorf("%s: it holds %s where whole numbers are wanted; where (a %% 1 == 0).all() save it again with a.astype('int64'), else with np.unique(a, return_inverse=True)[1], and rows with a 1 at their class with a.argmax(axis=1)", path, h.DType)
	}
	raw := make([]byte, h.bytes())
	if err := readAll(f, h.Offset, raw, nil); err != nil {
		return nil, nil, fmt.Errorf("%s: reading the data: %w", path, err)
	}
	values = make([]int64, h.Elements())
	size := h.DType.Size()
	for i := range values {
		v, ok := widen(raw[i*size : (i+1)*size])
		if !ok {
			return nil, nil, fmt.Errorf("%s: element %d is %d, %w", path, i, binary.LittleEndian.Uint64(raw[i*size:]), ErrRange)
		}
		values[i] = v
	}
	return h.Shape, values, nil
}

// widener returns the conversion of one element, nil for types other than whole numbers. ok is
// false if the value does not fit int64.
func widener(d DType) func(b []byte) (v int64, ok bool) {
	le := binary.LittleEndian
	switch d {
	case Bool:
		return func(b []byte) (int64, bool) { return int64(min(b[0], 1)), true }
	case Uint8:
		return func(b []byte) (int64, bool) { return int64(b[0]), true }
	case Int8:
		return func(b []byte) (int64, bool) { return int64(int8(b[0])), true }
	case Uint16:
		return func(b []byte) (int64, bool) { return int64(le.Uint16(b)), true }
	case Int16:
		return func(b []byte) (int64, bool) { return int64(int16(le.Uint16(b))), true }
	case Uint32:
		return func(b []byte) (int64, bool) { return int64(le.Uint32(b)), true }
	case Int32:
		return func(b []byte) (int64, bool) { return int64(int32(le.Uint32(b))), true }
	case Uint64:
		return func(b []byte) (int64, bool) { v := le.Uint64(b); return int64(v), v <= math.MaxInt64 }
	case Int64:
		return func(b []byte) (int64, bool) { return int64(le.Uint64(b)), true }
	}
	return nil
}
