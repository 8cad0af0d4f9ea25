//go:build !linux

package sysinfo

// MemoryBytes is the size of the main memory, 0 where it is not known.
func MemoryBytes() int64 { return 0 }
