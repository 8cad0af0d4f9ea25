package onnx

import (
	"errors"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is one field of a protobuf message: num holds what a varint or a fixed
// number has, bytes what is length-delimited (sharing memory with a message in memory).
type field struct {
	id    protowire.Number
	kind  protowire.Type
	num   uint64
	bytes []byte

	// Where the bytes of a message in a file lie; bytes is nil until they are loaded.
	in       *input
	at, size int64
}

// load reads the bytes of a field in a file.
func (f *field) load() error {
	if f.in == nil {
		return nil
	}
	f.bytes = make([]byte, f.size)
	err := f.in.read(f.bytes, f.at)
	f.in = nil
	return err
}

// message is what the field holds as a message, in memory or in a file.
func (f field) message() message { return message{f.bytes, f.in, f.at, f.size} }

// message is a protobuf message in memory, or unless in is nil in a file.
type message struct {
	bytes    []byte
	in       *input
	at, size int64
}

// fields calls visit for each field, in its order. Those with the number later are not loaded from a
// file.
func (m message) fields(later protowire.Number, visit func(field) error) error {
	if m.in == nil {
		return fields(m.bytes, visit)
	}
	return m.in.fields(m.at, m.at+m.size, later, visit)
}

// fields calls visit for each field of a message, in its order.
func fields(message []byte, visit func(field) error) error {
	for len(message) > 0 {
		id, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return bad("%v", protowire.ParseError(n))
		}
		message = message[n:]
		f := field{id: id, kind: kind}
		switch kind {
		case protowire.VarintType, protowire.Fixed64Type, protowire.Fixed32Type:
			n = f.number(message)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(message)
		default:
			n = protowire.ConsumeFieldValue(id, kind, message)
		}
		if n < 0 {
			return bad("field %d: %v", id, protowire.ParseError(n))
		}
		message = message[n:]
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// number reads a varint or a fixed number, and returns the bytes that it takes or protowire's
// negative code of an error.
func (f *field) number(b []byte) (n int) {
	switch f.kind {
	case protowire.VarintType:
		f.num, n = protowire.ConsumeVarint(b)
	case protowire.Fixed64Type:
		f.num, n = protowire.ConsumeFixed64(b)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(b)
		f.num = uint64(v)
	}
	return n
}

// cutOff says that the last field of a message claims more bytes than there are.
func cutOff(message []byte) bool {
	for len(message) > 0 {
		id, kind, n := protowire.ConsumeTag(message)
		if n >= 0 {
			message = message[n:]
			n = protowire.ConsumeFieldValue(id, kind, message)
		}
		if n < 0 {
			return errors.Is(protowire.ParseError(n), io.ErrUnexpectedEOF)
		}
		message = message[n:]
	}
	return false
}

// want checks that the field is of a kind.
func (f field) want(kind protowire.Type) error {
	if f.kind != kind {
		return bad("field %d has wire type %d, not %d", f.id, f.kind, kind)
	}
	return nil
}

// text reads a string or a nested message.
func (f field) text(dst *string) error {
	*dst = string(f.bytes)
	return f.want(protowire.BytesType)
}

// int reads a varint.
func (f field) int(dst *int64) error {
	*dst = int64(f.num)
	return f.want(protowire.VarintType)
}

// numbers appends a repeated number, packed or not, of elements of that kind.
func numbers[T any](dst []T, f field, kind protowire.Type, of func(uint64) T) ([]T, error) {
	if f.kind != protowire.BytesType {
		return append(dst, of(f.num)), f.want(kind)
	}
	for b := f.bytes; len(b) > 0; {
		var v uint64
		var n int
		switch kind {
		case protowire.VarintType:
			v, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			v, n = protowire.ConsumeFixed64(b)
		default:
			var w uint32
			w, n = protowire.ConsumeFixed32(b)
			v = uint64(w)
		}
		if n < 0 {
			return nil, bad("field %d: %v", f.id, protowire.ParseError(n))
		}
		dst, b = append(dst, of(v)), b[n:]
	}
	return dst, nil
}

func asInt64(v uint64) int64     { return int64(v) }
func asFloat32(v uint64) float32 { return math.Float32frombits(uint32(v)) }
