package mat5

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zlib" // faster than the standard library's, with its errors
)

const (
	headerSize = 128
	// maxRatio is the largest compression ratio of deflate: 258 bytes in two bits.
	maxRatio = 1032
)

// Reader reads the variables of a file, in their order.
type Reader struct {
	file *stream
	open *variable // the variable whose array was returned last
	n    int       // variables so far
}

// variable is a top-level element.
type variable struct {
	file, raw *stream // the file, and the bytes of the element in it
	fill      int64
	inside    *stream       // the array, decompressed
	zip       io.ReadCloser // nil if it is not compressed
}

// NewReader reads the header of a file of size bytes.
func NewReader(r io.Reader, size int64) (*Reader, error) {
	f := &stream{r: r, left: size, order: binary.LittleEndian}
	var h [headerSize]byte
	if size < headerSize {
		return nil, errors.New("it is not a MAT-file, or it is truncated: the header is incomplete; copy or download the file again")
	}
	if err := f.full(h[:]); err != nil {
		return nil, err
	}
	switch mark := string(h[126:]); {
	case bytes.HasPrefix(h[:], []byte("MATLAB 7.3")):
		return nil, errors.New("it is a MAT-file of version 7.3 (HDF5), which is not read; save it again with save -v7")
	case mark == "MI":
		f.order = binary.BigEndian
	case mark != "IM":
		return nil, errors.New("it is not a MAT-file of level 5; copy or download the file again, or save it in MATLAB with save -v7")
	}
	if v := f.order.Uint16(h[124:]); v != 0x0100 {
		return nil, fmt.Errorf("it is a MAT-file of version %#04x; read is 0x0100: save it in MATLAB with save -v7", v)
	}
	return &Reader{file: f}, nil
}

// Next returns the next variable, or io.EOF after the last one. It skips the unread rest of the
// previous variable and verifies its checksum.
func (r *Reader) Next() (*Array, error) {
	if r.open != nil {
		if err := r.open.finish(); err != nil {
			return nil, fmt.Errorf("variable %d: %w", r.n, err)
		}
		r.open = nil
	}
	if r.file.left == 0 {
		return nil, io.EOF
	}
	r.n++
	a, err := r.next()
	if err != nil {
		return nil, fmt.Errorf("variable %d: %w", r.n, err)
	}
	return a, nil
}

func (r *Reader) next() (*Array, error) {
	t, err := r.file.tag()
	if errors.Is(err, errLong) {
		return nil, fmt.Errorf("%w: %w", err, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, err
	}
	raw := &stream{r: r.file, left: t.size, order: r.file.order}
	v := &variable{file: r.file, raw: raw, fill: t.fill, inside: raw}
	switch t.typ {
	case miMatrix:
	case miCompressed:
		if v.zip, err = zlib.NewReader(raw); err != nil {
			return nil, err
		}
		v.inside = &stream{r: v.zip, left: maxRatio * t.size, order: r.file.order}
		inner, err := v.inside.tag()
		if err != nil {
			return nil, err
		}
		if inner.typ != miMatrix {
			return nil, fmt.Errorf("a compressed element of type %d was found where a variable was expected", inner.typ)
		}
		v.inside.left = inner.size
	default:
		return nil, fmt.Errorf("an element of type %d was found where a variable was expected", t.typ)
	}
	r.open = v
	return readArray(v.inside)
}

// finish skips the rest of a variable.
func (v *variable) finish() error {
	if err := v.inside.skip(v.inside.left); err != nil {
		return err
	}
	if v.zip != nil {
		if n, err := io.Copy(io.Discard, io.LimitReader(v.zip, 8)); err != nil { // the end, with its checksum
			return err
		} else if n == 8 {
			return errors.New("a compressed element goes on after its end")
		}
		if err := v.raw.skip(v.raw.left); err != nil {
			return err
		}
	}
	return v.file.skip(v.fill)
}
