package sysinfo

import "golang.org/x/sys/unix"

// MemoryBytes returns the size of the main memory in bytes, 0 if unknown.
func MemoryBytes() int64 {
	var s unix.Sysinfo_t
	if err := unix.Sysinfo(&s); err != nil {
		return 0
	}
	return int64(s.Totalram) * int64(s.Unit)
}
