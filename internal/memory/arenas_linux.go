package memory

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapped maps n bytes from the system, on huge pages if n is large enough.
func mapped(n int) (arena, error) {
	align := line
	if n >= 2*huge {
		align = huge
	}
	whole, err := unix.Mmap(-1, 0, n+align, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return arena{}, err
	}
	skip := -int(uintptr(unsafe.Pointer(&whole[0]))) & (align - 1)
	b := whole[skip : skip+n : skip+n]
	if align == huge {
		adviseHuge(b[:n&^(huge-1)])
	}
	return arena{b, whole}, nil
}

// unmap returns memory to the system.
func unmap(whole []byte) {
	if whole != nil {
		_ = unix.Munmap(whole)
	}
}

// reserved maps n bytes that cannot be accessed.
func reserved(n int) ([]byte, bool) {
	b, err := unix.Mmap(-1, 0, max(n, 1), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	return b, err == nil
}
