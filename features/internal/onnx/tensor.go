package onnx

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
	"unsafe"

	"google.golang.org/protobuf/encoding/protowire"

	"repbench/internal/npy"
)

// DataType is the type of a tensor's elements, numbered as in onnx.proto.
type DataType int32

// Data types that are read.
const (
	Float32  DataType = 1
	Uint8    DataType = 2
	Int8     DataType = 3
	Uint16   DataType = 4
	Int16    DataType = 5
	Int32    DataType = 6
	Int64    DataType = 7
	Bool     DataType = 9
	Float16  DataType = 10
	Float64  DataType = 11
	Uint32   DataType = 12
	Uint64   DataType = 13
	BFloat16 DataType = 16
	Uint4    DataType = 21
	Int4     DataType = 22
)

// dataTypes are the types by number, with the bytes of an element; two of four bits share one.
var dataTypes = map[DataType]struct {
	name  string
	bytes int
	float bool
}{
	Float32: {"float32", 4, true}, Float16: {"float16", 2, true}, Float64: {"float64", 8, true}, BFloat16: {"bfloat16", 2, true},
	Uint8: {"uint8", 1, false}, Int8: {"int8", 1, false}, Uint16: {"uint16", 2, false}, Int16: {"int16", 2, false},
	Int32: {"int32", 4, false}, Int64: {"int64", 8, false}, Bool: {"bool", 1, false},
	Uint32: {"uint32", 4, false}, Uint64: {"uint64", 8, false}, Uint4: {"uint4", 1, false}, Int4: {"int4", 1, false},
}

// length is the number of bytes of n elements.
func (d DataType) length(n int) int {
	if d == Uint4 || d == Int4 {
		return (n + 1) / 2
	}
	return n * dataTypes[d].bytes
}

// String is the name of the type.
func (d DataType) String() string {
	if t, ok := dataTypes[d]; ok {
		return t.name
	}
	return fmt.Sprintf("type %d", int32(d))
}

// IsFloat says that the type is a floating-point one.
func (d DataType) IsFloat() bool { return dataTypes[d].float }

// Limits on a tensor.
const (
	maxRank     = 8
	maxElements = 1 << 31
)

// Tensor holds weights or a constant, not decoded yet.
type Tensor struct {
	// Name is the name in the file.
	Name string
	// Type is the type of the elements.
	Type DataType
	// Dims is the shape.
	Dims []int

	raw      []byte  // little endian
	lie      extent  // where the data lie in a file, in place of raw
	loaded   *loaded // these data, once they are needed in memory
	floats   []float32
	ints     []int64 // of int32_data, int64_data or uint64_data
	doubles  []float64
	external *external
	whole    bool // decoded whole numbers, whose products must be exact
}

// Size is the number of elements.
func (t *Tensor) Size() int { return size(t.Dims) }

// size multiplies dimensions that were checked to be within the limits.
func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// extent is a part of a file, or nothing.
type extent struct {
	in       *input
	at, size int64
}

// loaded are data that were read once.
type loaded struct {
	once sync.Once
	raw  []byte
	err  error
}

// keptData is the size of data in bytes up to which they are read with the structure of the file.
const keptData = 1 << 10

// parseTensor reads a TensorProto.
func parseTensor(of message) (*Tensor, error) {
	t := &Tensor{}
	var dims []int64
	var location int64
	err := of.fields(9, func(f field) (err error) {
		switch f.id {
		case 1:
			dims, err = numbers(dims, f, protowire.VarintType, asInt64)
		case 2:
			t.Type = DataType(f.num)
		case 4:
			t.floats, err = numbers(t.floats, f, protowire.Fixed32Type, asFloat32)
		case 5, 7, 11:
			t.ints, err = numbers(t.ints, f, protowire.VarintType, asInt64)
		case 8:
			err = f.text(&t.Name)
		case 9:
			if t.lie = (extent{f.in, f.at, f.size}); f.size <= keptData {
				t.lie, err = extent{}, f.load()
			}
			t.loaded = &loaded{}
			t.raw = f.bytes
			err = errors.Join(err, f.want(protowire.BytesType))
		case 10:
			t.doubles, err = numbers(t.doubles, f, protowire.Fixed64Type, math.Float64frombits)
		case 13:
			if t.external == nil {
				t.external = &external{}
			}
			err = t.external.entry(f.bytes)
		case 14:
			err = f.int(&location)
		}
		return err
	})
	if err == nil {
		err = t.shape(dims)
	}
	switch {
	case err != nil:
	case location == 0:
		t.external = nil
		err = t.checkLength()
	case t.external == nil || t.external.location == "":
		err = bad("its external data have no location")
	}
	return t, named(err, "tensor %q", t.Name)
}

// shape checks the dimensions before anything is allocated for them.
func (t *Tensor) shape(dims []int64) error {
	if _, ok := dataTypes[t.Type]; !ok {
		return unsupported("it holds %s", t.Type)
	}
	if len(dims) > maxRank {
		return bad("it has %d dimensions, more than %d", len(dims), maxRank)
	}
	n := int64(1)
	t.Dims = make([]int, len(dims))
	for i, d := range dims {
		if d < 0 || d > maxElements {
			return bad("dimension %d is %d", i, d)
		}
		if n *= d; n > maxElements {
			return bad("its shape %v has more than %d elements", dims, maxElements)
		}
		t.Dims[i] = int(d)
	}
	return nil
}

// checkLength compares the data with the shape.
func (t *Tensor) checkLength() error {
	have, due := len(t.raw), t.Type.length(t.Size())
	switch {
	case t.lie.in != nil:
		have = int(t.lie.size)
	case t.raw != nil:
	case t.Type == Float64:
		have, due = len(t.doubles), t.Size()
	case t.Type == Float32:
		have, due = len(t.floats), t.Size()
	case t.Type == Uint4 || t.Type == Int4: // a byte in each number
		have = len(t.ints)
	default:
		have, due = len(t.ints), t.Size()
	}
	if have != due {
		return bad("it has shape %v of %s, but %d bytes or elements of data where %d are due", t.Dims, t.Type, have, due)
	}
	return nil
}

// Floats decodes a tensor of any floating-point type.
func (t *Tensor) Floats() []float32 {
	out := make([]float32, t.Size())
	must(t.read(out, 0))
	return out
}

// read decodes elements from the given one on. Several goroutines may call it at once.
func (t *Tensor) read(dst []float32, from int) error {
	switch {
	case t.lie.in != nil:
		return named(t.readPart(dst, from), "weights %q", t.Name)
	case t.Type == Float32 && t.raw != nil:
		raw := t.raw[4*from:]
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case t.Type == Float32:
		copy(dst, t.floats[from:])
	default:
		for i := range dst {
			dst[i] = t.float(from + i)
		}
	}
	return nil
}

// readPart is read for data in a file.
func (t *Tensor) readPart(dst []float32, from int) error {
	each := int64(t.Type.length(1))
	if t.Type == Float32 && littleEndian {
		b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(dst))), 4*len(dst))
		return t.lie.in.read(b, t.lie.at+4*int64(from))
	}
	for len(dst) > 0 {
		n := min(len(dst), decodedAtOnce)
		piece := Tensor{Type: t.Type, raw: make([]byte, int64(n)*each)}
		if err := t.lie.in.read(piece.raw, t.lie.at+int64(from)*each); err != nil {
			return err
		}
		for i := range n {
			dst[i] = piece.float(i)
		}
		dst, from = dst[n:], from+n
	}
	return nil
}

// decodedAtOnce is the number of elements of other types that are read at once.
const decodedAtOnce = 16 << 10

// littleEndian says that the machine holds numbers as files do.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// data are the raw data in memory. It panics where a file cannot be read.
func (t *Tensor) data() []byte {
	if t.lie.in == nil {
		return t.raw
	}
	t.loaded.once.Do(func() {
		t.loaded.raw = make([]byte, t.lie.size)
		t.loaded.err = named(t.lie.in.read(t.loaded.raw, t.lie.at), "weights %q", t.Name)
	})
	must(t.loaded.err)
	return t.loaded.raw
}

// float is element i.
func (t *Tensor) float(i int) float32 {
	raw := t.data()
	switch {
	case t.Type == Float32 && raw != nil:
		return math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	case t.Type == Float32:
		return t.floats[i]
	case t.Type == Float64 && raw != nil:
		return float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
	case t.Type == Float64:
		return float32(t.doubles[i])
	}
	half := uint16(0)
	if raw != nil {
		half = binary.LittleEndian.Uint16(raw[2*i:])
	} else {
		half = uint16(t.ints[i])
	}
	if t.Type == BFloat16 {
		return math.Float32frombits(uint32(half) << 16)
	}
	return npy.Float16ToFloat32(half)
}

// Ints decodes a tensor of integers or truth values.
func (t *Tensor) Ints() []int64 {
	out := make([]int64, t.Size())
	for i := range out {
		out[i] = t.int(i)
	}
	return out
}

// nibble is four bits of two in a byte, the low ones first.
func (t *Tensor) nibble(i int) int64 {
	var b byte
	if raw := t.data(); raw != nil {
		b = raw[i/2]
	} else {
		b = byte(t.ints[i/2])
	}
	v := int64(b >> (4 * (i % 2)) & 15)
	if t.Type == Int4 && v > 7 {
		v -= 16
	}
	return v
}

func (t *Tensor) int(i int) int64 {
	if t.Type == Uint4 || t.Type == Int4 {
		return t.nibble(i)
	}
	raw := t.data()
	if raw == nil {
		return t.ints[i]
	}
	b := binary.LittleEndian
	switch t.Type {
	case Int8:
		return int64(int8(raw[i]))
	case Int16:
		return int64(int16(b.Uint16(raw[2*i:])))
	case Uint16:
		return int64(b.Uint16(raw[2*i:]))
	case Int32:
		return int64(int32(b.Uint32(raw[4*i:])))
	case Uint32:
		return int64(b.Uint32(raw[4*i:]))
	case Int64, Uint64:
		return int64(b.Uint64(raw[8*i:]))
	}
	return int64(raw[i])
}
