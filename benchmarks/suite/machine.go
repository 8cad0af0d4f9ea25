package suite

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"repbench/benchmarks/ledger"
	"repbench/internal/simd"
)

// maxInfo bounds what is read of a file that the system makes, in bytes.
const maxInfo = 1 << 20

// MachineOf describes this machine with a backend. Its class is made of the platform, the vector
// instructions and whether a GPU computes.
func MachineOf(backend string) ledger.Machine {
	m := ledger.Machine{Class: runtime.GOOS + "-" + runtime.GOARCH + "-" + simd.Level().String(), Threads: runtime.GOMAXPROCS(0)}
	m.CPU = field("/proc/cpuinfo", "model name")
	if strings.Contains(backend, "cuda") {
		m.Class += "-cuda"
		if files, err := filepath.Glob("/proc/driver/nvidia/gpus/*/information"); err == nil && len(files) > 0 {
			m.GPU = field(files[0], "Model")
		}
	}
	return m
}

// field is the value of the first line "NAME: VALUE" of a file; "" where there is none.
func field(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	lines := bufio.NewScanner(bytes.NewReader(text[:min(len(text), maxInfo)]))
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
