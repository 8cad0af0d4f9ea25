//go:build !unix

package sysinfo

import "runtime"

// peakRSS returns the memory that the Go runtime has from the system, in bytes,
// where the resident set of the process is not to be had.
func peakRSS() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
