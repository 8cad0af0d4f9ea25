package mat5

import (
	"bytes"
	"encoding/binary"
	"math"
)

// byteOrder is the order of a file that a test writes.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// writer puts elements together as the format's document has them ("MAT-File Format", level 5).
type writer struct {
	order byteOrder
	b     []byte
}

// header is the header of a file in this order.
func (w *writer) header() {
	h := make([]byte, headerSize)
	copy(h, "MATLAB 5.0 MAT-file")
	w.order.PutUint16(h[124:], 0x0100)
	w.order.PutUint16(h[126:], 'M'<<8|'I')
	w.b = append(w.b, h...)
}

// element adds data in the long form, padded to eight bytes.
func (w *writer) element(t dataType, data []byte) {
	w.b = w.order.AppendUint32(w.b, uint32(t))
	w.b = w.order.AppendUint32(w.b, uint32(len(data)))
	w.b = append(append(w.b, data...), make([]byte, (8-len(data)%8)%8)...)
}

// short adds up to four bytes of data in the short form.
func (w *writer) short(t dataType, data []byte) {
	w.b = w.order.AppendUint32(w.b, uint32(len(data))<<16|uint32(t))
	w.b = append(append(w.b, data...), make([]byte, 4-len(data))...)
}

// words are values of four bytes.
func (w *writer) words(values ...int) []byte {
	var b []byte
	for _, v := range values {
		b = w.order.AppendUint32(b, uint32(int32(v)))
	}
	return b
}

// array is the content of an array up to its values.
func (w *writer) array(c Class, name string, dims ...int) {
	w.element(miUint32, w.words(int(c), 0))
	w.element(miInt32, w.words(dims...))
	w.element(miInt8, []byte(name))
}

// values are numbers in a stored type.
func (w *writer) values(t dataType, numbers ...float64) {
	var b []byte
	for _, v := range numbers {
		switch t {
		case miSingle:
			b = w.order.AppendUint32(b, math.Float32bits(float32(v)))
		case miDouble:
			b = w.order.AppendUint64(b, math.Float64bits(v))
		default:
			var all [8]byte
			binary.LittleEndian.PutUint64(all[:], uint64(int64(v)))
			n := int(t.size())
			for i := range n {
				if w.order.Uint16([]byte{1, 0}) == 1 { // the lowest byte first
					b = append(b, all[i])
				} else {
					b = append(b, all[n-1-i])
				}
			}
		}
	}
	w.element(t, b)
}

// file is a file with one variable, whose content fill writes.
func file(order byteOrder, fill func(w *writer)) []byte {
	inner, w := &writer{order: order}, &writer{order: order}
	fill(inner)
	w.header()
	w.element(miMatrix, inner.b)
	return bytes.Clone(w.b)
}
