//go:build unix

package npy

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapData maps the file and returns its data part and the function that unmaps it.
func mapData(f *os.File, h Header) ([]byte, func() error, error) {
	whole, err := unix.Mmap(int(f.Fd()), 0, int(h.Offset+h.bytes()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return whole[h.Offset:], func() error { return unix.Munmap(whole) }, nil
}
