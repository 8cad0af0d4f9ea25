package pickle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// dtype is a NumPy type of integers: 'u1', '<i8' and the like.
type dtype struct {
	code  byte // 'u', 'i' or 'b' (bool)
	size  int
	order binary.ByteOrder
}

func (d *dtype) String() string {
	if d == nil {
		return "no type"
	}
	return fmt.Sprintf("%c%d", d.code, d.size)
}

// parseDType reads a type code such as u1 or <i8.
func parseDType(code string) (*dtype, error) {
	d := &dtype{order: binary.LittleEndian}
	rest := code
	if rest != "" {
		switch rest[0] {
		case '>':
			d.order, rest = binary.BigEndian, rest[1:]
		case '<', '|', '=':
			rest = rest[1:]
		}
	}
	if len(rest) == 2 {
		d.code, d.size = rest[0], int(rest[1]-'0')
	}
	if ok := slices.Contains([]string{"u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "b1"}, rest); !ok {
		return nil, fmt.Errorf("a NumPy array of type %.20q; read are integers (u1, i8 and the like)", code)
	}
	return d, nil
}

// setOrder sets the byte order from the state of a type.
func (d *dtype) setOrder(order string) error {
	switch order {
	case ">":
		d.order = binary.BigEndian
	case "<", "|", "=":
		d.order = binary.LittleEndian
	default:
		return fmt.Errorf("a NumPy type with the byte order %.20q", order)
	}
	return nil
}

// Array is a NumPy array of integers.
type Array struct {
	// Shape holds the lengths of the dimensions.
	Shape []int

	dtype   *dtype
	fortran bool   // the first dimension varies fastest
	data    []byte // a part of the input; nil until the state is known
}

// maxDims limits the number of dimensions of an array; NumPy's own limit is 32.
const maxDims = 32

// fill sets the content of an array and checks that its length matches the shape.
func (a *Array) fill(shape Tuple, d *dtype, fortran bool, data []byte) error {
	if len(shape) > maxDims {
		return fmt.Errorf("an array of %d dimensions", len(shape))
	}
	n := int64(d.size)
	var dims []int
	for _, v := range shape {
		length, ok := v.(int64)
		if !ok || length < 0 || length > math.MaxInt32 || n > math.MaxInt64/max(length, 1) {
			return fmt.Errorf("an array with a dimension of %v", v)
		}
		n *= length
		dims = append(dims, int(length))
	}
	if n != int64(len(data)) {
		return fmt.Errorf("an array of %s with the shape %v has %d bytes where %d are expected", d, dims, len(data), n)
	}
	a.Shape, a.dtype, a.fortran, a.data = dims, d, fortran, data
	return nil
}

// Bytes returns the values of an array of unsigned bytes, with the last dimension varying
// fastest. They may share memory with the input.
func (a *Array) Bytes() ([]byte, error) {
	if a.data == nil || a.dtype.code != 'u' || a.dtype.size != 1 {
		return nil, fmt.Errorf("it is %s; pixels are unsigned bytes (u1)", Kind(a))
	}
	if !a.fortran || len(a.Shape) < 2 {
		return a.data, nil
	}
	if len(a.Shape) != 2 {
		return nil, errors.New("it is an array of more than two dimensions in column order; save it in row order (numpy.ascontiguousarray)")
	}
	rows, columns := a.Shape[0], a.Shape[1]
	out := make([]byte, len(a.data))
	for r := range rows {
		row := out[r*columns:][:columns]
		for c := range row {
			row[c] = a.data[c*rows+r]
		}
	}
	return out, nil
}

// ints returns the values of an array of one dimension.
func (a *Array) ints() ([]int64, error) {
	if a.data == nil || len(a.Shape) != 1 {
		return nil, fmt.Errorf("it is %s, not a list of integers", Kind(a))
	}
	out := make([]int64, a.Shape[0])
	for i := range out {
		var err error
		if out[i], err = a.dtype.value(a.data[i*a.dtype.size:]); err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
	}
	return out, nil
}

// value returns the integer at the start of b.
func (d *dtype) value(b []byte) (int64, error) {
	if len(b) < d.size {
		return 0, fmt.Errorf("%d bytes for an integer of %s", len(b), d)
	}
	var u uint64
	switch d.size {
	case 1:
		u = uint64(b[0])
	case 2:
		u = uint64(d.order.Uint16(b))
	case 4:
		u = uint64(d.order.Uint32(b))
	case 8:
		u = d.order.Uint64(b)
	}
	if d.code == 'i' { // spread the sign
		shift := 64 - 8*d.size
		return int64(u<<shift) >> shift, nil
	}
	if u > math.MaxInt64 {
		return 0, fmt.Errorf("the integer %d is too large", u)
	}
	return int64(u), nil
}
