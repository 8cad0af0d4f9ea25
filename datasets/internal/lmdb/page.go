package lmdb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Layout of a page, of its header and of its nodes.
const (
	headerSize = 16
	nodeSize   = 8

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagOverflow = 0x04
	flagMeta     = 0x08
	flagLeaf2    = 0x20

	nodeBig = 0x01 // the value is on separate pages
	nodeSub = 0x02 // the value is a database
	nodeDup = 0x04 // the value is several

	minPage = 256
	maxPage = 1 << 15
)

var le = binary.LittleEndian

// errDamaged ends the messages about inconsistent pages.
var errDamaged = errors.New("the file is damaged or still in use; copy it again")

func damaged(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, errDamaged)...)
}

// page is one page of a tree, in memory.
type page struct {
	data []byte
	no   uint64
	n    int // nodes
}

// readPage reads a page of a tree and checks its header.
func (db *DB) readPage(f io.ReaderAt, no uint64, buf []byte) (page, error) {
	p := page{data: buf, no: no}
	if no > db.last {
		return p, damaged("page %d is beyond the last one, %d", no, db.last)
	}
	if _, err := f.ReadAt(buf, int64(no)*int64(db.pageSize)); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return p, fmt.Errorf("page %d: %w", no, err)
	}
	if got := le.Uint64(buf); got != no {
		return p, damaged("page %d says that it is page %d", no, got)
	}
	lower, upper := int(le.Uint16(buf[12:])), int(le.Uint16(buf[14:]))
	if lower < headerSize || lower%2 != 0 || lower > upper || upper > len(buf) {
		return p, damaged("page %d has its free space at %d … %d", no, lower, upper)
	}
	p.n = (lower - headerSize) / 2
	return p, nil
}

func (p page) flags() int { return int(le.Uint16(p.data[10:])) }

// node is an entry of a page: data begins at its header.
type node struct {
	data []byte
	key  []byte
}

// node returns entry i, with its header and key inside the page.
func (p page) node(i int) (node, error) {
	at := int(le.Uint16(p.data[headerSize+2*i:]))
	if at < headerSize+2*p.n || at+nodeSize > len(p.data) {
		return node{}, damaged("page %d, entry %d: it lies at %d", p.no, i, at)
	}
	n := node{data: p.data[at:]}
	size := int(le.Uint16(n.data[6:]))
	if nodeSize+size > len(n.data) {
		return node{}, damaged("page %d, entry %d: its key has %d bytes", p.no, i, size)
	}
	n.key = n.data[nodeSize:][:size]
	return n, nil
}

// child returns the page that an entry of a branch points to.
func (n node) child() uint64 {
	return uint64(le.Uint16(n.data)) | uint64(le.Uint16(n.data[2:]))<<16 | uint64(le.Uint16(n.data[4:]))<<32
}

// value returns the position of the value of an entry of a leaf.
func (db *DB) value(p page, i int, n node) (Value, error) {
	size := int64(le.Uint16(n.data)) | int64(le.Uint16(n.data[2:]))<<16
	flags := le.Uint16(n.data[4:])
	start := nodeSize + len(n.key)
	switch {
	case flags&(nodeSub|nodeDup) != 0:
		return Value{}, fmt.Errorf("the key %q holds a database or several values, which are not read", n.key)
	case flags&nodeBig == 0:
		if start+int(size) > len(n.data) {
			return Value{}, damaged("page %d, entry %d: its value has %d bytes", p.no, i, size)
		}
		inPage := int64(len(p.data) - len(n.data) + start)
		return Value{int64(p.no)*int64(db.pageSize) + inPage, size}, nil
	case start+8 > len(n.data):
		return Value{}, damaged("page %d, entry %d: there is no room for the number of a page", p.no, i)
	}
	no := le.Uint64(n.data[start:])
	if no > db.last {
		return Value{}, damaged("page %d, entry %d: its value is on page %d, beyond the last one, %d", p.no, i, no, db.last)
	}
	v := Value{int64(no)*int64(db.pageSize) + headerSize, size}
	if v.Off+v.Size > db.size {
		return Value{}, fmt.Errorf("the value of %q ends at byte %d of %d: %w", n.key, v.Off+v.Size, db.size, io.ErrUnexpectedEOF)
	}
	return v, nil
}
