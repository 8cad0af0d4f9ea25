package memory

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages. If the system refuses, only speed is lost.
func adviseHuge(b []byte) { _ = unix.Madvise(b, unix.MADV_HUGEPAGE) }
