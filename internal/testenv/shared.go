// Package testenv describes the surroundings of tests: where the reference data are, which are
// not part of the project, and whether the portable backend runs in this build.
package testenv

import (
	"os"
	"path/filepath"
	"testing"
)

// Path returns the path of a file or folder of the reference data, which it looks for in
// $REPBENCH_SHARED, else in ../shared next to the module. If it is absent, the test is skipped
// with a message.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("REPBENCH_SHARED")
	if root == "" {
		root = filepath.Join(moduleRoot(t), "..", "shared")
	}
	p := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(p); err != nil {
		t.Skipf("reference data absent: %v (set REPBENCH_SHARED to the folder that holds them)", err)
	}
	return p
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = parent
	}
}
