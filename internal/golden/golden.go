// Package golden compares texts made by tests with files that hold the expected texts. A test
// binary that imports it has the flag -update, which rewrites the files:
//
//	go test ./cmd/repbench -run Golden -update
package golden

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Compare fails the test if got differs from the content of the file. The error shows the
// difference line by line and names a file with got. With -update it writes got to the file
// instead.
func Compare(t testing.TB, path, got string) {
	t.Helper()
	if err := compare(path, got, *update); err != nil {
		t.Error(err)
	}
}

// Updating reports whether the golden files are rewritten.
func Updating() bool { return *update }

func compare(path, got string, update bool) error {
	if update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(got), 0o644)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w; go test with -update writes the file", err)
	}
	if string(want) == got {
		return nil
	}
	keep := "got is in " + filepath.Join(os.TempDir(), "repbench-got-"+filepath.Base(path))
	if err := os.WriteFile(strings.TrimPrefix(keep, "got is in "), []byte(got), 0o644); err != nil {
		keep = "got could not be kept: " + err.Error()
	}
	return fmt.Errorf("%s differs (%s; -update accepts it):\n%s", path, keep, Diff(string(want), got))
}
