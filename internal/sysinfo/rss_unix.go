//go:build unix

package sysinfo

import (
	"runtime"
	"syscall"
)

// PeakRSS returns the largest resident set of the process so far, in bytes, including
// memory-mapped pages; 0 if unknown.
func PeakRSS() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // bytes there, KiB elsewhere
	}
	return int64(u.Maxrss) << 10
}
