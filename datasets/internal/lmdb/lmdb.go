package lmdb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	magic    = 0xBEEFC0DE
	version  = 1
	metaSize = headerSize + 24 + 2*dbSize + 16
	dbSize   = 48
	maxDepth = 32
	noPage   = 1<<64 - 1
	// maxPages ensures that the offsets of all pages fit an int64.
	maxPages = 1 << 46
)

// DB is the main database of a file, in the state after its last transaction.
type DB struct {
	// Entries is the number of keys.
	Entries int64

	open     func() (content, error)
	size     int64 // of the file
	pageSize int
	last     uint64 // page
	depth    int
	root     uint64
}

// Value is the position of a value in the file: its offset and its size in bytes.
type Value struct{ Off, Size int64 }

// content is the content of a database file.
type content interface {
	io.ReaderAt
	io.Closer
}

// Open reads the two head pages of the file and uses the newer one.
func Open(path string) (*DB, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	return OpenPart(path, 0, info.Size())
}

// OpenPart is Open for a database file inside another file.
func OpenPart(path string, off, size int64) (*DB, error) {
	return newDB(size, func() (content, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		return struct {
			io.ReaderAt
			io.Closer
		}{io.NewSectionReader(f, off, size), f}, nil
	})
}

// OpenBytes is Open for a database file in memory.
func OpenBytes(data []byte) (*DB, error) {
	return newDB(int64(len(data)), func() (content, error) {
		return struct {
			io.ReaderAt
			io.Closer
		}{bytes.NewReader(data), io.NopCloser(nil)}, nil
	})
}

// newDB reads the head pages of a file of the given length.
func newDB(length int64, open func() (content, error)) (*DB, error) {
	f, err := open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	first := make([]byte, metaSize)
	if _, err := f.ReadAt(first, 0); err != nil {
		return nil, errors.New("it is not an LMDB file: it is shorter than its first page")
	}
	if err := checkMagic(first); err != nil {
		return nil, err
	}
	size := int(le.Uint32(first[headerSize+24:]))
	if size < minPage || size > maxPage || size&(size-1) != 0 {
		return nil, damaged("its pages have %d bytes", size)
	}
	second := make([]byte, metaSize)
	if _, err := f.ReadAt(second, int64(size)); err != nil {
		return nil, fmt.Errorf("page 1: %w", io.ErrUnexpectedEOF)
	}
	if err := checkMagic(second); err != nil {
		return nil, fmt.Errorf("page 1: %w", err)
	}
	meta := first
	if le.Uint64(second[metaSize-8:]) > le.Uint64(first[metaSize-8:]) {
		meta = second
	}
	db := &DB{open: open, size: length, pageSize: size}
	return db, db.readMeta(meta)
}

// checkMagic recognises the format by the beginning of one of the first two pages.
func checkMagic(p []byte) error {
	switch {
	case le.Uint32(p[headerSize:]) == magic:
	case bytes.Equal(p[headerSize:][:4], []byte{0xBE, 0xEF, 0xC0, 0xDE}), le.Uint32(p[headerSize-4:]) == magic:
		return errors.New("it is an LMDB file of a big-endian or 32-bit machine, which is not read; dump it with mdb_dump there and load it with mdb_load here")
	default:
		return errors.New("it is not an LMDB file")
	}
	if v := le.Uint32(p[headerSize+4:]); v != version {
		return fmt.Errorf("it is an LMDB file of version %d; read is version %d", v, version)
	}
	if le.Uint16(p[10:])&flagMeta == 0 {
		return damaged("a head page has no mark as one")
	}
	return nil
}

// readMeta reads the main database, the second one of a head page.
func (db *DB) readMeta(p []byte) error {
	main := p[headerSize+24+dbSize:][:dbSize]
	db.depth = int(le.Uint16(main[6:]))
	entries := le.Uint64(main[32:])
	db.root = le.Uint64(main[40:])
	db.last = le.Uint64(p[headerSize+24+2*dbSize:])
	switch flags := le.Uint16(main[4:]); {
	case flags != 0:
		return fmt.Errorf("its keys are kept in an order (flags %#04x) that is not read", flags)
	case db.last > maxPages || entries > maxPages*maxPage:
		return damaged("it claims %d pages with %d keys", db.last, entries)
	case db.depth > maxDepth || (db.root == noPage) != (db.depth == 0):
		return damaged("its tree has the root %d and is %d deep", db.root, db.depth)
	}
	db.Entries = int64(entries)
	return nil
}

// Walk calls visit for each key, in byte order. The key is valid only during the call. An error
// of visit ends the walk and is returned.
func (db *DB) Walk(visit func(key []byte, v Value) error) error {
	if db.depth == 0 {
		return nil
	}
	f, err := db.open()
	if err != nil {
		return err
	}
	defer f.Close()
	w := walker{db: db, file: f, visit: visit, pages: make([][]byte, db.depth)}
	for i := range w.pages {
		w.pages[i] = make([]byte, db.pageSize)
	}
	if err := w.walk(db.root, 0); err != nil {
		return err
	}
	if w.n != db.Entries {
		return damaged("it has %d keys where its head says %d", w.n, db.Entries)
	}
	return nil
}

// walker traverses a tree, with one page of each level in memory.
type walker struct {
	db    *DB
	file  io.ReaderAt
	visit func([]byte, Value) error
	pages [][]byte
	key   []byte // the last one
	n     int64
}

func (w *walker) walk(no uint64, level int) error {
	p, err := w.db.readPage(w.file, no, w.pages[level])
	if err != nil {
		return err
	}
	want := flagBranch
	if level == w.db.depth-1 {
		want = flagLeaf
	}
	if p.flags()&(flagBranch|flagLeaf|flagOverflow|flagMeta|flagLeaf2) != want {
		return damaged("page %d, at depth %d of %d, is of kind %#02x", no, level+1, w.db.depth, p.flags())
	}
	if p.n == 0 {
		return damaged("page %d is empty", no)
	}
	for i := range p.n {
		n, err := p.node(i)
		if err != nil {
			return err
		}
		if want == flagBranch {
			err = w.walk(n.child(), level+1)
		} else {
			err = w.leaf(p, i, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *walker) leaf(p page, i int, n node) error {
	if w.n > 0 && bytes.Compare(w.key, n.key) >= 0 {
		return damaged("page %d, entry %d: the key %q comes after %q", p.no, i, n.key, w.key)
	}
	w.key = append(w.key[:0], n.key...)
	w.n++
	v, err := w.db.value(p, i, n)
	if err != nil {
		return err
	}
	return w.visit(n.key, v)
}
