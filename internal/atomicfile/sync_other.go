//go:build !unix

package atomicfile

// syncDir does nothing on systems where a folder cannot be opened and synced.
func syncDir(string) error { return nil }
