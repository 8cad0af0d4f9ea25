package sysinfo

import (
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// MemoryLimit returns the memory that the process may use, in bytes: the machine's memory or,
// if it is lower, the limit of the control group; 0 if unknown.
func MemoryLimit() int64 { return lower(MemoryBytes(), groupLimit(os.DirFS("/"))) }

// groupLimit returns the lowest memory limit of the process's control groups (Linux, cgroup v1
// and v2), 0 if there is none. fsys is the root of the file system.
func groupLimit(fsys fs.FS) int64 {
	groups, err := fs.ReadFile(fsys, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	var limit int64
	for line := range strings.Lines(string(groups)) { // ID:CONTROLLERS:PATH
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) < 3 {
			continue
		}
		base, file := "sys/fs/cgroup", "memory.max"
		switch {
		case parts[1] == "memory":
			base, file = base+"/memory", "memory.limit_in_bytes"
		case parts[0] != "0" || parts[1] != "":
			continue
		}
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			limit = lower(limit, bytesIn(fsys, path.Join(base, group, file)))
			if group == "/" {
				break
			}
		}
	}
	return limit
}

// bytesIn returns the number in a file, 0 if the file holds no number ("max", for example).
func bytesIn(fsys fs.FS, name string) int64 {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// lower returns the lower of two limits; 0 means no limit.
func lower(a, b int64) int64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}
