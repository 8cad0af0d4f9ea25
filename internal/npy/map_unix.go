//go:build unix

package npy

import (
	"os"
	"unsafe"

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

// release lets the system take back the pages that lie wholly in part of a map.
// What is read there later comes from the file again.
func release(part []byte) {
	page := uintptr(os.Getpagesize())
	if len(part) == 0 {
		return
	}
	start := uintptr(unsafe.Pointer(&part[0]))
	lo := (start + page - 1) / page * page
	hi := (start + uintptr(len(part))) / page * page
	if lo < hi {
		// Advice: where it is not taken, the pages stay.
		_ = unix.Madvise(part[lo-start:hi-start], unix.MADV_DONTNEED)
	}
}
