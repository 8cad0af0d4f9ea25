//go:build !unix

package npy

import (
	"io"
	"os"
)

// mapData reads the data part into memory. The buffer consists of 64-bit words, so that it is
// aligned for every element type.
func mapData(f *os.File, h Header) ([]byte, func() error, error) {
	words := make([]int64, (h.bytes()+7)/8)
	data := asBytes(words)[:h.bytes()]
	_, err := io.ReadFull(f, data)
	return data, func() error { return nil }, err
}

// loadData is mapData; the file is not mapped on this system.
func loadData(f *os.File, h Header, _ func(int)) ([]byte, func() error, error) { return mapData(f, h) }

// release does nothing: the data are not mapped.
func release([]byte) {}
