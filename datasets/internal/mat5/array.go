package mat5

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf16"
)

// Class is MATLAB's type of an array; the stored type of the values can differ.
type Class uint8

// The classes whose values can be read; of arrays of other classes only the name and the
// dimensions are read.
const (
	Struct Class = 2
	Char   Class = 4
	Double Class = 6
	Single Class = 7
	Int8   Class = 8
	Uint8  Class = 9
	Int16  Class = 10
	Uint16 Class = 11
	Int32  Class = 12
	Uint32 Class = 13
	Int64  Class = 14
	Uint64 Class = 15
)

// Numeric reports whether the values are numbers.
func (c Class) Numeric() bool { return c >= Double && c <= Uint64 }

const (
	maxDims  = 32
	maxName  = 256
	maxField = 256      // fields of a structure
	maxText  = 1 << 20  // bytes of a text
	maxCount = 1 << 48  // values of an array
	chunk    = 64 << 10 // bytes converted at a time
)

// Array is a variable, or a field of a structure. It is valid until the call of Next or
// NextField that returns the following one.
type Array struct {
	// Name is the variable's name, empty for fields.
	Name string
	// Class is MATLAB's type of the array.
	Class Class
	// Dims are its dimensions, at least two, the fastest first.
	Dims []int

	s      *stream
	typ    dataType
	bytes  int64 // of values not yet read
	buf    []byte
	fields []string
	cells  int64 // fields of a structure array not yet read
	sub    *stream
	fill   int64 // after sub
}

// Len is the product of the dimensions.
func (a *Array) Len() int64 {
	n := int64(1)
	for _, d := range a.Dims {
		n *= int64(d)
	}
	return n
}

// readArray reads an array up to its values.
func readArray(s *stream) (*Array, error) {
	flags, _, err := s.bytes("array flags", 8, miUint32)
	if err != nil {
		return nil, err
	}
	if len(flags) != 8 {
		return nil, errors.New("array flags: they are too short")
	}
	a := &Array{s: s, Class: Class(s.order.Uint32(flags) & 0xff)}
	if a.Dims, err = s.dims(); err != nil {
		return nil, err
	}
	name, _, err := s.bytes("name", maxName, miInt8, miUint8, miUTF8)
	if err != nil {
		return nil, err
	}
	a.Name = string(name)
	switch {
	case a.Class == Struct:
		err = a.startFields()
	case a.Class == Char, a.Class.Numeric():
		err = a.startValues()
	}
	if err != nil {
		return nil, fmt.Errorf("array %q: %w", a.Name, err)
	}
	return a, nil
}

// dims reads the dimensions, whose product stays below maxCount.
func (s *stream) dims() ([]int, error) {
	data, _, err := s.bytes("dimensions", 4*maxDims, miInt32)
	if err != nil {
		return nil, err
	}
	if len(data) < 8 || len(data)%4 != 0 {
		return nil, fmt.Errorf("dimensions: %d bytes", len(data))
	}
	var dims []int
	n := int64(1)
	for ; len(data) > 0; data = data[4:] {
		d := int64(int32(s.order.Uint32(data)))
		if d < 0 || d > 0 && n > maxCount/d {
			return nil, fmt.Errorf("dimensions: %v and %d are beyond the limits", dims, d)
		}
		n *= d
		dims = append(dims, int(d))
	}
	return dims, nil
}

// startValues reads the tag of the real part.
func (a *Array) startValues() error {
	if a.Len() == 0 && a.s.left == 0 {
		return nil
	}
	t, err := a.s.tag()
	if err != nil {
		return err
	}
	size := t.typ.size()
	switch {
	case size == 0:
		return fmt.Errorf("values of type %d", t.typ)
	case t.size%size != 0, t.typ != miUTF8 && t.size/size != a.Len():
		return fmt.Errorf("%d bytes of values of %d bytes for the dimensions %v", t.size, size, a.Dims)
	}
	a.typ, a.bytes = t.typ, t.size
	return nil
}

// ReadUint8 reads the next len(dst) values of a numeric array. A value that is not an integer
// in 0 … 255 is an error, and so is the end of the array.
func (a *Array) ReadUint8(dst []uint8) error {
	if !a.Class.Numeric() {
		return fmt.Errorf("array %q: its values are not numbers", a.Name)
	}
	size := a.typ.size()
	if int64(len(dst)) > a.bytes/max(size, 1) {
		return fmt.Errorf("array %q: %w", a.Name, io.ErrUnexpectedEOF)
	}
	if a.typ == miUint8 {
		a.bytes -= int64(len(dst))
		return a.s.full(dst)
	}
	for len(dst) > 0 {
		n := min(len(dst), int(chunk/size))
		if a.buf == nil {
			a.buf = make([]byte, chunk)
		}
		raw := a.buf[:int64(n)*size]
		if err := a.s.full(raw); err != nil {
			return err
		}
		a.bytes -= int64(len(raw))
		for i := range n {
			v := a.number(raw[int64(i)*size:])
			if v < 0 || v > 255 || v != math.Trunc(v) || v != v {
				return fmt.Errorf("array %q: the value %v is not an integer in 0 … 255", a.Name, v)
			}
			dst[i] = uint8(v)
		}
		dst = dst[n:]
	}
	return nil
}

// number returns the value at the start of b.
func (a *Array) number(b []byte) float64 {
	o := a.s.order
	switch a.typ {
	case miInt8:
		return float64(int8(b[0]))
	case miInt16:
		return float64(int16(o.Uint16(b)))
	case miUint16:
		return float64(o.Uint16(b))
	case miInt32:
		return float64(int32(o.Uint32(b)))
	case miUint32:
		return float64(o.Uint32(b))
	case miSingle:
		return float64(math.Float32frombits(o.Uint32(b)))
	case miDouble:
		return math.Float64frombits(o.Uint64(b))
	case miInt64:
		return float64(int64(o.Uint64(b)))
	case miUint64:
		return float64(o.Uint64(b))
	}
	return float64(b[0])
}

// Numbers reads all values of a small numeric array.
func (a *Array) Numbers() ([]float64, error) {
	if !a.Class.Numeric() {
		return nil, fmt.Errorf("array %q: its values are not numbers", a.Name)
	}
	raw, err := a.rest()
	if err != nil {
		return nil, err
	}
	size := int(max(a.typ.size(), 1))
	out := make([]float64, 0, len(raw)/size)
	for ; len(raw) > 0; raw = raw[size:] {
		out = append(out, a.number(raw))
	}
	return out, nil
}

// Text reads all of a text array with a single row of letters.
func (a *Array) Text() (string, error) {
	if a.Class != Char {
		return "", fmt.Errorf("array %q: it is not a text", a.Name)
	}
	raw, err := a.rest()
	if err != nil || a.typ.size() == 1 {
		return string(raw), err
	}
	if a.typ.size() != 2 {
		return "", fmt.Errorf("array %q: letters of type %d", a.Name, a.typ)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = a.s.order.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// rest reads the bytes of all remaining values of a small array.
func (a *Array) rest() ([]byte, error) {
	if a.bytes > maxText {
		return nil, fmt.Errorf("array %q: %d bytes, more than the limit of %d", a.Name, a.bytes, maxText)
	}
	raw := make([]byte, a.bytes)
	if err := a.s.full(raw); err != nil {
		return nil, err
	}
	a.bytes = 0
	return raw, nil
}

// startFields reads the names of a structure's fields.
func (a *Array) startFields() error {
	width, _, err := a.s.bytes("length of field names", 4, miInt32)
	if err != nil {
		return err
	}
	if len(width) != 4 {
		return errors.New("length of field names: it is too short")
	}
	w := int64(int32(a.s.order.Uint32(width)))
	if w < 1 || w > maxName {
		return fmt.Errorf("field names of %d bytes", w)
	}
	names, _, err := a.s.bytes("field names", maxField*w, miInt8, miUint8, miUTF8)
	if err != nil {
		return err
	}
	if int64(len(names))%w != 0 {
		return fmt.Errorf("%d bytes of field names of %d bytes", len(names), w)
	}
	for ; len(names) > 0; names = names[w:] {
		name, _, _ := strings.Cut(string(names[:w]), "\x00")
		a.fields = append(a.fields, name)
	}
	a.cells = a.Len() * int64(len(a.fields))
	return nil
}

// Fields returns the names of the fields of a structure array.
func (a *Array) Fields() []string { return a.fields }

// NextField returns the next field of a structure array and its name, or io.EOF:
// all fields of the first element, all of the second, and so on.
func (a *Array) NextField() (name string, field *Array, err error) {
	if a.sub != nil {
		if err := a.sub.skip(a.sub.left); err != nil {
			return "", nil, err
		}
		if err := a.s.skip(a.fill); err != nil {
			return "", nil, err
		}
		a.sub = nil
	}
	if a.cells == 0 {
		return "", nil, io.EOF
	}
	n := int64(len(a.fields))
	name = a.fields[(n-a.cells%n)%n]
	a.cells--
	t, err := a.s.tag()
	if err != nil {
		return name, nil, fmt.Errorf("field %s: %w", name, err)
	}
	if t.typ != miMatrix {
		return name, nil, fmt.Errorf("field %s: an element of type %d", name, t.typ)
	}
	a.sub = &stream{r: a.s, left: t.size, order: a.s.order}
	a.fill = t.fill
	if t.size == 0 { // the form in which writers save an empty array
		return name, &Array{Class: Double, Dims: []int{0, 0}, s: a.sub}, nil
	}
	if field, err = readArray(a.sub); err != nil {
		return name, nil, fmt.Errorf("field %s: %w", name, err)
	}
	return name, field, nil
}
