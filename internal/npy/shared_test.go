package npy

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/testenv"
)

// TestReferenceArrays opens every array of the reference data, which NumPy wrote,
// and reads the elements of all that hold whole numbers, int8 among them.
func TestReferenceArrays(t *testing.T) {
	golden := testenv.Path(t, "golden")
	n := 0
	err := filepath.WalkDir(golden, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".npy") {
			return err
		}
		n++
		m, err := Map(path)
		if err != nil {
			// Some reference arrays are in Fortran order; this must be the reason.
			if !strings.Contains(err.Error(), "Fortran") {
				t.Error(err)
			}
			return nil
		}
		if widener(m.header.DType) != nil {
			if _, v, err := ReadIntegers(path); err != nil || len(v) != m.header.Elements() {
				t.Errorf("%s: %d whole numbers of %d, %v", path, len(v), m.header.Elements(), err)
			}
		}
		return m.Close()
	})
	if err != nil || n == 0 {
		t.Fatalf("%d arrays, %v", n, err)
	}
}
