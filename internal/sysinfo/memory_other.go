//go:build !linux

package sysinfo

// MemoryBytes returns the size of the main memory in bytes, 0 if unknown.
func MemoryBytes() int64 { return 0 }
