//go:build linux || darwin || freebsd

package fetch

import "golang.org/x/sys/unix"

// freeBytes returns the space on the disk of dir that the user may still fill.
func freeBytes(dir string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
