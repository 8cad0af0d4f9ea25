package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// input is a file that is read piece by piece: its structure when the model is opened, its weights
// when a network is built.
type input struct {
	from    io.ReaderAt
	file    *os.File // the same
	size    int64
	changed time.Time // when the file was last changed, as it was opened

	window []byte // what was read last of the structure
	at     int64  // where it begins
}

// windowSize is how much of the structure is read at once. Between two weights there is less.
const windowSize = 4 << 10

func newInput(f *os.File) (*input, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, reason(err)
	}
	return &input{from: f, file: f, size: info.Size(), changed: info.ModTime()}, nil
}

// read fills b with what begins at a place of the file.
func (in *input) read(b []byte, at int64) error {
	n, err := in.from.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil // with or without io.EOF
	case errors.Is(err, io.EOF):
		return bad("it became shorter while it was read")
	}
	return reason(err)
}

// peek returns up to n bytes from a place on, of which none lie beyond an end.
func (in *input) peek(at, end int64, n int) ([]byte, error) {
	n = int(min(int64(n), end-at))
	if at < in.at || at+int64(n) > in.at+int64(len(in.window)) {
		in.window, in.at = make([]byte, min(windowSize, in.size-at)), at
		if err := in.read(in.window, at); err != nil {
			return nil, err
		}
	}
	return in.window[at-in.at:][:n], nil
}

// unchanged is an error if the file is not the one that was opened.
func (in *input) unchanged() error {
	info, err := in.file.Stat()
	switch {
	case err != nil:
		return reason(err)
	case info.Size() < in.size:
		return bad("it became shorter while it was read")
	case info.Size() != in.size || !info.ModTime().Equal(in.changed):
		return bad("it was changed while it was read; start again when it is complete")
	}
	return nil
}

// longest is the most bytes that a tag, or a number, takes.
const longest = 10

// fields calls visit for each field of the message that lies in [from, to), in its order. The
// content of fields with the number later is not read; visit can read it.
func (in *input) fields(from, to int64, later protowire.Number, visit func(field) error) error {
	for at := from; at < to; {
		head, err := in.peek(at, to, 2*longest)
		if err != nil {
			return err
		}
		id, kind, n := protowire.ConsumeTag(head)
		if n < 0 {
			return bad("%v", protowire.ParseError(n))
		}
		f := field{id: id, kind: kind}
		at += int64(n)
		if n, err = in.value(&f, head[n:], at, to); err != nil {
			return err
		}
		if n < 0 {
			return bad("field %d: %v", id, protowire.ParseError(n))
		}
		if at += int64(n); kind == protowire.BytesType {
			f.in, f.at = in, at
			at += f.size
			if id != later {
				err = f.load()
			}
		}
		if err == nil {
			err = visit(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// value reads the value of a field that begins at a place, as far as it is in head: of
// length-delimited ones the length. It returns the bytes that it takes, or protowire's negative code
// of an error.
func (in *input) value(f *field, head []byte, at, to int64) (n int, err error) {
	switch f.kind {
	case protowire.VarintType, protowire.Fixed64Type, protowire.Fixed32Type:
		return f.number(head), nil
	case protowire.BytesType:
		size, n := protowire.ConsumeVarint(head)
		if n >= 0 && size > uint64(to-at)-uint64(n) {
			return truncated, nil
		}
		f.size = int64(size)
		return n, nil
	}
	rest := make([]byte, to-at) // a group, which no model has
	if err := in.read(rest, at); err != nil {
		return 0, err
	}
	return protowire.ConsumeFieldValue(f.id, f.kind, rest), nil
}

// truncated is protowire's code of a message that is cut off.
var truncated = func() int {
	_, n := protowire.ConsumeVarint(nil)
	return n
}()

// digest computes the hash of files once.
type digest struct {
	once sync.Once
	sum  string
	err  error
}

// hashSize is how much is hashed at once: as much as stays in the cache.
const hashSize = 256 << 10

// of returns the SHA-256 of the files' content, one after the other.
func (d *digest) of(files []*input) (string, error) {
	d.once.Do(func() {
		sum, buffer := sha256.New(), make([]byte, hashSize)
		for _, in := range files {
			for at := int64(0); at < in.size && d.err == nil; at += hashSize {
				b := buffer[:min(hashSize, in.size-at)]
				d.err = in.read(b, at)
				sum.Write(b)
			}
			if d.err == nil {
				d.err = in.unchanged()
			}
			d.err = named(d.err, "%s", in.file.Name())
		}
		d.sum = hex.EncodeToString(sum.Sum(nil))
	})
	return d.sum, d.err
}
