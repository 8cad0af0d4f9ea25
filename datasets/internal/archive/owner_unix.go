//go:build unix

package archive

import (
	"io/fs"
	"syscall"
)

// ownerAndDevice returns the owner of a file, and whether it is on the same file system as
// another file.
func ownerAndDevice(info, other fs.FileInfo) (uid int, same, known bool) {
	a, okA := info.Sys().(*syscall.Stat_t)
	b, okB := other.Sys().(*syscall.Stat_t)
	if !okA || !okB {
		return 0, false, false
	}
	return int(a.Uid), a.Dev == b.Dev, true
}
