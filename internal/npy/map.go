package npy

import (
	"errors"
	"fmt"
	"os"
	"unsafe"
)

// Mapped is an array file mapped read-only into memory (or read whole if the system cannot
// map). Pages are loaded on access, so that a matrix may be larger than memory. The file must
// not be shortened while it is open: the system answers a read past its end with SIGBUS.
type Mapped struct {
	path   string
	header Header
	data   []byte // the elements, without the header; nil after Close
	unmap  func() error
	closed bool
	loaded bool // not a map of the file
}

// Map opens a file without reading its data. It refuses a truncated file.
func Map(path string) (*Mapped, error) {
	f, h, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &Mapped{path: path, header: h, unmap: func() error { return nil }}
	if h.bytes() == 0 {
		return m, nil
	}
	if m.data, m.unmap, err = mapData(f, h); err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return m, nil
}

// Load reads a whole file into memory outside the collector's heap, which Close frees. In the
// heap, the collector would let the same amount of garbage accumulate before it runs. If read
// is not nil, it receives the number of bytes of each piece, from several goroutines at once.
func Load(path string, read func(bytes int)) (*Mapped, error) {
	f, h, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := &Mapped{path: path, header: h, unmap: func() error { return nil }, loaded: true}
	if h.bytes() == 0 {
		return m, nil
	}
	if m.data, m.unmap, err = loadData(f, h, read); err != nil {
		return nil, fmt.Errorf("%s: reading the data: %w", path, err)
	}
	return m, nil
}

// Header returns the description of the array.
func (m *Mapped) Header() Header { return m.header }

// Close ends the mapping. Slices obtained from it must not be used afterwards.
func (m *Mapped) Close() error {
	if m.closed {
		return nil
	}
	m.closed, m.data = true, nil
	return m.unmap()
}

// Release states that the elements [lo, hi) will not be read for a while: their pages no longer
// count as memory of the process, though the system may keep them. They may be read again at
// any time. The range is clipped to the array. Release does nothing for an array from Load.
func (m *Mapped) Release(lo, hi int) {
	if m.loaded {
		return
	}
	size := m.header.DType.Size()
	lo, hi = max(lo, 0), min(hi, len(m.data)/size)
	if lo < hi {
		release(m.data[lo*size : hi*size])
	}
}

// MappedSlice returns the elements, row-major, sharing the mapping. They must not be written
// (the system ends the program) nor used after Close.
func MappedSlice[T Elem](m *Mapped) ([]T, error) {
	if m.closed {
		return nil, fmt.Errorf("%s: %w", m.path, os.ErrClosed)
	}
	if err := checkType[T](m.header); err != nil {
		return nil, fmt.Errorf("%s: %w", m.path, err)
	}
	if len(m.data) == 0 {
		return []T{}, nil
	}
	if bigEndian && m.header.DType.Size() > 1 {
		return nil, fmt.Errorf("%s: %w", m.path, errors.New("a big-endian machine cannot map little-endian elements; use Read"))
	}
	var zero T
	p := unsafe.Pointer(&m.data[0])
	if uintptr(p)%unsafe.Alignof(zero) != 0 {
		return nil, fmt.Errorf("%s: its data start at byte %d, not aligned for %s; save it again with numpy.save", m.path, m.header.Offset, m.header.DType)
	}
	return unsafe.Slice((*T)(p), m.header.Elements()), nil
}
