package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"repbench/internal/filelock"
)

// addingTo names the file that a second process of the tests adds records to, one by one.
const addingTo = "RECORD_TEST_ADD_TO"

// perWriter is the number of records that each writer adds.
const perWriter = 40

// addAll adds the records of one writer, one at a time.
func addAll(path, writer string) error {
	for i := range perWriter {
		if err := Add(path, named(fmt.Sprintf("%s-%02d", writer, i), float64(i))); err != nil {
			return err
		}
	}
	return nil
}

// TestAddProcess is the second process of TestAddAtOnce.
func TestAddProcess(t *testing.T) {
	path, writer, ok := strings.Cut(os.Getenv(addingTo), "|")
	if !ok {
		t.Skip("runs as a process of TestAddAtOnce")
	}
	if err := addAll(path, writer); err != nil {
		t.Fatal(err)
	}
}

// Two processes and two goroutines of a third one add to one file at the same time; every record
// is there afterwards, and no other file is left behind.
func TestAddAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	var all sync.WaitGroup
	for _, writer := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			if writer == "a" || writer == "b" {
				if err := addAll(path, writer); err != nil {
					t.Error(err)
				}
				return
			}
			c := exec.Command(os.Args[0], "-test.run=^TestAddProcess$", "-test.v")
			c.Env = append(os.Environ(), addingTo+"="+path+"|"+writer)
			if out, err := c.CombinedOutput(); err != nil || strings.Contains(string(out), "--- SKIP") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	all.Wait()
	if got := ids(t, path); len(got) != 4*perWriter {
		t.Errorf("%d records of %d are there", len(got), 4*perWriter)
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("left behind: %v, %v", files, err)
	}
}

// A record that cannot be added leaves no file where there was none.
func TestAddLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	if err := filelock.Replace(path, func() error { return errors.New("no") }); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
	if err := Add(filepath.Join(t.TempDir(), "missing", FileName), named("a", 1)); err == nil || !strings.Contains(err.Error(), "make the folder") {
		t.Errorf("a folder that is missing: error %v", err)
	}
}
