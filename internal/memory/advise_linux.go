package memory

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages. It is advice: where it is refused, nothing but
// speed is lost.
func adviseHuge(b []byte) { _ = unix.Madvise(b, unix.MADV_HUGEPAGE) }
