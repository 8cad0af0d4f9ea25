package sysinfo

import (
	"testing"
	"testing/fstest"
)

// The layouts are those of cgroups(7) and of the kernel's cgroup-v2.rst.
func TestGroupLimit(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  int64
	}{
		{"none", nil, 0},
		{"v2, own limit", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "4096\n"}, 4096},
		{"v2, lower above", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "4096\n", "sys/fs/cgroup/a/memory.max": "1024\n"}, 1024},
		{"v2, unlimited within", map[string]string{"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "1024\n"}, 1024},
		{"v2, container", map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "2048\n"}, 2048},
		{"v2, other namespace", map[string]string{"proc/self/cgroup": "0::/../b\n", "sys/fs/cgroup/b/memory.max": "512\n"}, 512},
		{"v1", map[string]string{"proc/self/cgroup": "5:cpu:/c\n3:memory:/d\n", "sys/fs/cgroup/memory/d/memory.limit_in_bytes": "8192\n", "sys/fs/cgroup/c/memory.max": "1\n"}, 8192},
		{"nonsense", map[string]string{"proc/self/cgroup": "::\nx\n0::\n", "sys/fs/cgroup/memory.max": "-3\n"}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := groupLimit(fsys); got != tt.want {
				t.Errorf("limit %d, want %d", got, tt.want)
			}
		})
	}
}

func TestMemoryLimit(t *testing.T) {
	all, limit := MemoryBytes(), MemoryLimit()
	if limit < 0 || all > 0 && (limit <= 0 || limit > all) {
		t.Errorf("%d of %d bytes", limit, all)
	}
}
