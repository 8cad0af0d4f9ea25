package mat5

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// dataType is the stored type of the values of an element.
type dataType uint32

const (
	miInt8       dataType = 1
	miUint8      dataType = 2
	miInt16      dataType = 3
	miUint16     dataType = 4
	miInt32      dataType = 5
	miUint32     dataType = 6
	miSingle     dataType = 7
	miDouble     dataType = 9
	miInt64      dataType = 12
	miUint64     dataType = 13
	miMatrix     dataType = 14
	miCompressed dataType = 15
	miUTF8       dataType = 16
	miUTF16      dataType = 17
	miUTF32      dataType = 18
)

// size returns the number of bytes per value, or 0 if elements of the type have no values.
func (t dataType) size() int64 {
	switch t {
	case miInt8, miUint8, miUTF8:
		return 1
	case miInt16, miUint16, miUTF16:
		return 2
	case miInt32, miUint32, miSingle, miUTF32:
		return 4
	case miDouble, miInt64, miUint64:
		return 8
	}
	return 0
}

// errLong reports an element that does not fit into the file or into the enclosing element.
var errLong = errors.New("an element is longer than the one that contains it")

// stream reads the elements of a file or of an array, in its byte order.
type stream struct {
	r     io.Reader
	left  int64 // the largest possible number of remaining bytes
	order binary.ByteOrder
}

// Read reads from the rest of the stream. If the reader ends early, the error is
// io.ErrUnexpectedEOF.
func (s *stream) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > s.left {
		p = p[:s.left]
	}
	n, err := s.r.Read(p)
	s.left -= int64(n)
	if err == io.EOF && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// full reads exactly len(p) bytes.
func (s *stream) full(p []byte) error {
	if int64(len(p)) > s.left {
		return errLong
	}
	_, err := io.ReadFull(s, p)
	if err == io.EOF && len(p) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// skip skips n bytes.
func (s *stream) skip(n int64) error {
	if n > s.left {
		return errLong
	}
	if m, err := io.CopyN(io.Discard, s, n); err != nil {
		if err == io.EOF && m < n {
			err = io.ErrUnexpectedEOF
		}
		return err
	}
	return nil
}

// tag is the start of an element.
type tag struct {
	typ  dataType
	size int64 // of the data, without padding
	fill int64
}

// tag reads the next tag. In the short form, for up to four bytes of data, type and size share
// the first word. The elements in a file are padded to eight bytes, except compressed ones.
func (s *stream) tag() (tag, error) {
	var b [4]byte
	if err := s.full(b[:]); err != nil {
		return tag{}, err
	}
	word := s.order.Uint32(b[:])
	if short := int64(word >> 16); short > 0 {
		if short > 4 {
			return tag{}, fmt.Errorf("a short element claims %d bytes", short)
		}
		return tag{dataType(word & 0xffff), short, 4 - short}, nil
	}
	if err := s.full(b[:]); err != nil {
		return tag{}, err
	}
	t := tag{typ: dataType(word), size: int64(s.order.Uint32(b[:]))}
	if t.typ != miCompressed {
		t.fill = (8 - t.size%8) % 8
	}
	if t.size > s.left {
		return tag{}, fmt.Errorf("%w: it claims %d bytes where %d are left", errLong, t.size, s.left)
	}
	t.fill = min(t.fill, s.left-t.size) // the last element of an array may lack its padding
	return t, nil
}

// bytes reads the data of a small element of a given type.
func (s *stream) bytes(what string, limit int64, types ...dataType) ([]byte, dataType, error) {
	t, err := s.tag()
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", what, err)
	}
	known := false
	for _, want := range types {
		known = known || t.typ == want
	}
	switch {
	case !known:
		return nil, 0, fmt.Errorf("%s: the element is of type %d", what, t.typ)
	case t.size > limit:
		return nil, 0, fmt.Errorf("%s: the element claims %d bytes, more than the limit of %d", what, t.size, limit)
	}
	data := make([]byte, t.size)
	if err = s.full(data); err == nil {
		err = s.skip(t.fill)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", what, err)
	}
	return data, t.typ, nil
}
