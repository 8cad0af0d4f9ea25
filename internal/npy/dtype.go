package npy

import (
	"fmt"
	"reflect"
	"strings"
)

// Elem lists the Go types of array elements. uint16 represents float16: it holds the IEEE 754
// half-precision bits, see Float16ToFloat32.
type Elem interface {
	~uint8 | ~int8 | ~int32 | ~int64 | ~float32 | ~float64 | ~uint16
}

// DType is the element type of an array. The zero value is invalid.
type DType uint8

// The element types. Only ReadIntegers reads the types from Bool on.
const (
	Uint8 DType = iota + 1
	Int32
	Int64
	Float16
	Float32
	Float64
	Bool
	Int8
	Int16
	Uint16
	Uint32
	Uint64
)

var dtypes = [...]struct {
	name, code string
	size       int
}{
	Uint8:   {"uint8", "|u1", 1},
	Int32:   {"int32", "<i4", 4},
	Int64:   {"int64", "<i8", 8},
	Float16: {"float16", "<f2", 2},
	Float32: {"float32", "<f4", 4},
	Float64: {"float64", "<f8", 8},
	Bool:    {"bool", "|b1", 1},
	Int8:    {"int8", "|i1", 1},
	Int16:   {"int16", "<i2", 2},
	Uint16:  {"uint16", "<u2", 2},
	Uint32:  {"uint32", "<u4", 4},
	Uint64:  {"uint64", "<u8", 8},
}

// String returns NumPy's name of the type, such as "float32".
func (d DType) String() string {
	if d < Uint8 || d > Uint64 {
		return fmt.Sprintf("DType(%d)", uint8(d))
	}
	return dtypes[d].name
}

// Size returns the number of bytes per element; 0 for an invalid type.
func (d DType) Size() int {
	if d < Uint8 || d > Uint64 {
		return 0
	}
	return dtypes[d].size
}

// dtypeOf returns the DType of T.
func dtypeOf[T Elem]() DType {
	switch reflect.TypeFor[T]().Kind() {
	case reflect.Uint8:
		return Uint8
	case reflect.Int8:
		return Int8
	case reflect.Int32:
		return Int32
	case reflect.Int64:
		return Int64
	case reflect.Uint16:
		return Float16
	case reflect.Float32:
		return Float32
	default:
		return Float64
	}
}

// TypeError reports that the elements of a file are not numbers, or are numbers of an
// unsupported type.
type TypeError struct {
	// Descr is the type in the header, such as "<U5".
	Descr string
}

// Text reports whether the elements are strings, or Python objects, as which NumPy stores
// strings of a table.
func (e *TypeError) Text() bool {
	kind := strings.TrimLeft(e.Descr, "<>|=")
	return kind != "" && strings.ContainsRune("OSUaT", rune(kind[0]))
}

// Error describes the elements and, except for text, how to convert them.
func (e *TypeError) Error() string {
	switch {
	case strings.HasPrefix(strings.TrimLeft(e.Descr, "<>|="), "O"):
		return fmt.Sprintf("it holds pickled Python objects (dtype %q), which are never loaded; save a numeric array", e.Descr)
	case e.Text():
		return fmt.Sprintf("it holds text (dtype %q), not numbers", e.Descr)
	}
	return fmt.Sprintf("its dtype %q is not read; convert it with a.astype('float32'), or labels with np.unique(a, return_inverse=True)[1]", e.Descr)
}

// parseDType reads a 'descr' such as "<f4". The error says how to convert.
func parseDType(descr string) (DType, error) {
	if descr == "" {
		return 0, fmt.Errorf("its element type is empty")
	}
	order, code := descr[0], strings.TrimLeft(descr, "<>|=")
	for d := Uint8; d <= Uint64; d++ {
		if dtypes[d].code[1:] != code {
			continue
		}
		if order == '>' && d.Size() > 1 {
			return 0, fmt.Errorf("it is big endian (dtype %q); save it again with a.astype('%s')", descr, dtypes[d].code)
		}
		if order != '<' && d.Size() > 1 {
			return 0, fmt.Errorf("its dtype %q has no byte order; save it again with a.astype('%s')", descr, dtypes[d].code)
		}
		return d, nil
	}
	return 0, &TypeError{Descr: descr}
}
