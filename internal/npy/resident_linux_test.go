package npy

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestReleaseFreesMemory: released pages no longer count as memory of the process.
func TestReleaseFreesMemory(t *testing.T) {
	const size = 64 << 20 // far more than other changes meanwhile
	path := filepath.Join(t.TempDir(), "rows.npy")
	if err := Write(path, []int{size}, make([]uint8, size)); err != nil {
		t.Fatal(err)
	}
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	data, err := MappedSlice[uint8](m)
	if err != nil {
		t.Fatal(err)
	}
	before := fileMemory(t)
	var sum int
	for i := 0; i < size; i += 512 {
		sum += int(data[i])
	}
	touched := fileMemory(t) - before
	m.Release(0, size)
	left := fileMemory(t) - before
	if sum != 0 || touched < size*3/4 || left > size/4 {
		t.Errorf("%d bytes of the file in memory after reading it, %d after its release, of %d", touched, left, size)
	}
}

// fileMemory returns the memory of the process that is backed by files, RssFile in proc(5).
func fileMemory(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "RssFile:" {
			kib, err := strconv.Atoi(f[1])
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Skip("the system does not tell RssFile")
	return 0
}
