//go:build unix

package npy

import (
	"errors"
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

// loadData reads the data part into anonymous memory, which is write-protected afterwards, and
// returns it with the function that frees it.
func loadData(f *os.File, h Header, read func(int)) ([]byte, func() error, error) {
	data, err := unix.Mmap(-1, 0, int(h.bytes()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, nil, err
	}
	free := func() error { return unix.Munmap(data) }
	if err = readAll(f, h.Offset, data, read); err == nil {
		err = unix.Mprotect(data, unix.PROT_READ)
	}
	if err != nil {
		return nil, nil, errors.Join(err, free())
	}
	return data, free, nil
}

// release lets the system reclaim the pages that are entirely within a part of a map. Later
// reads load them from the file again.
func release(part []byte) {
	page := uintptr(os.Getpagesize())
	if len(part) == 0 {
		return
	}
	start := uintptr(unsafe.Pointer(&part[0]))
	lo := (start + page - 1) / page * page
	hi := (start + uintptr(len(part))) / page * page
	if lo < hi {
		// If the system ignores this advice, the pages stay.
		_ = unix.Madvise(part[lo-start:hi-start], unix.MADV_DONTNEED)
	}
}
