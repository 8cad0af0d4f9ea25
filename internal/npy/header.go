package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	magic = "\x93NUMPY"
	// align is the alignment of the data in bytes, to which NumPy pads the header.
	align = 64
	// maxHeader is the limit on the header size, since it is read before it is checked. NumPy
	// itself refuses headers over 10,000 bytes.
	maxHeader = 1 << 16
	// maxDims is NumPy's limit on the number of dimensions (since 2.0).
	maxDims = 64
	// growthDigits is the width that NumPy reserves for the first dimension, so that a header
	// can be rewritten in place when rows are added.
	growthDigits = 21
)

// Header describes an array file.
type Header struct {
	// DType is the element type.
	DType DType
	// Shape holds the dimensions, slowest first; empty for a scalar.
	Shape []int
	// Offset is the byte at which the data begin.
	Offset int64
}

// Elements returns the product of the dimensions (1 for a scalar).
func (h Header) Elements() int {
	n := 1
	for _, d := range h.Shape {
		n *= d
	}
	return n
}

// bytes returns the size of the data.
func (h Header) bytes() int64 { return int64(h.Elements()) * int64(h.DType.Size()) }

// checkShape returns an error for negative dimensions and for sizes beyond the address space.
func checkShape(shape []int, elem int) error {
	if len(shape) > maxDims {
		return fmt.Errorf("it has %d dimensions, more than %d", len(shape), maxDims)
	}
	n := elem
	for _, d := range shape {
		switch {
		case d < 0:
			return fmt.Errorf("its shape %v has a negative dimension", shape)
		case d > 0 && n > math.MaxInt/d:
			return fmt.Errorf("its shape %v is larger than can be addressed", shape)
		case d > 0: // a zero must not hide an overflow in the others
			n *= d
		}
	}
	return nil
}

// formatHeader returns everything before the data, with the same bytes as numpy.save. Its
// length does not depend on the first dimension.
func formatHeader(d DType, shape []int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", dtypes[d].code, shapeText(shape))
	if len(shape) > 0 {
		b.WriteString(strings.Repeat(" ", growthDigits-len(strconv.Itoa(shape[0]))))
	}
	prefix, version := len(magic)+2+2, byte(1)
	if pad(b.Len(), prefix)+b.Len()+1 > math.MaxUint16 {
		prefix, version = len(magic)+2+4, 2
	}
	b.WriteString(strings.Repeat(" ", pad(b.Len(), prefix)))
	b.WriteByte('\n')

	out := append([]byte(magic), version, 0)
	if version == 1 {
		out = binary.LittleEndian.AppendUint16(out, uint16(b.Len()))
	} else {
		out = binary.LittleEndian.AppendUint32(out, uint32(b.Len()))
	}
	return append(out, b.String()...)
}

// pad returns the number of spaces that extend prefix + text + newline to a multiple of align;
// like NumPy's, it is 1 … align, never 0.
func pad(text, prefix int) int { return align - (prefix+text+1)%align }

// shapeText formats a shape as a Python tuple.
func shapeText(shape []int) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// errNotNPY is returned for a file that does not begin like a .npy file.
var errNotNPY = errors.New("it is not a NumPy .npy file; write it with numpy.save")

// readHeader reads the magic, the version and the header text from r.
func readHeader(r io.Reader) (Header, error) {
	var start [12]byte
	if _, err := io.ReadFull(r, start[:10]); err != nil {
		return Header{}, headerReadError(err)
	}
	if string(start[:len(magic)]) != magic {
		return Header{}, errNotNPY
	}
	size, offset := int64(binary.LittleEndian.Uint16(start[8:])), int64(10)
	switch major, minor := start[6], start[7]; {
	case major < 1 || major > 3 || minor != 0:
		return Header{}, fmt.Errorf("its .npy format version %d.%d is not known; write it with numpy.save", major, minor)
	case major > 1:
		if _, err := io.ReadFull(r, start[10:12]); err != nil {
			return Header{}, headerReadError(err)
		}
		size, offset = int64(binary.LittleEndian.Uint32(start[8:])), 12
	}
	if size > maxHeader {
		return Header{}, fmt.Errorf("its header claims %d bytes, more than the limit of %d", size, maxHeader)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return Header{}, headerReadError(err)
	}
	h, err := parseHeader(string(text))
	h.Offset = offset + size
	return h, err
}

func headerReadError(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errors.New("it ends inside the header: the file is truncated or not a NumPy .npy file")
	}
	return err
}
