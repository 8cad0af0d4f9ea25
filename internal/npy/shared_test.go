package npy

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceArrays opens every array of the reference data, which NumPy wrote.
func TestReferenceArrays(t *testing.T) {
	root := os.Getenv("REPBENCH_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	golden := filepath.Join(root, "golden")
	if _, err := os.Stat(golden); err != nil {
		t.Skipf("reference data absent: %v", err)
	}
	n := 0
	err := filepath.WalkDir(golden, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".npy") {
			return err
		}
		n++
		m, err := Map(path)
		if err != nil {
			// Some reference arrays are in Fortran order; that must be the reason.
			if !strings.Contains(err.Error(), "Fortran") {
				t.Error(err)
			}
			return nil
		}
		return m.Close()
	})
	if err != nil || n == 0 {
		t.Fatalf("%d arrays, %v", n, err)
	}
}
