package sysinfo

import "golang.org/x/sys/unix"

// MemoryBytes is the size of the main memory, 0 where it is not known.
func MemoryBytes() int64 {
	var s unix.Sysinfo_t
	if err := unix.Sysinfo(&s); err != nil {
		return 0
	}
	return int64(s.Totalram) * int64(s.Unit)
}
