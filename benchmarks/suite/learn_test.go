package suite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"repbench/features"
)

// A look at a suite downloads nothing: sets that would be downloaded are named with their size, and a set without a
// download is an error.
func TestLookDownloadsNothing(t *testing.T) {
	m := machine(t)
	m.Catalog.Offline = false
	m.Catalog.Download.Mirrors = []string{"http://127.0.0.1:1"} // refuses every download at once
	text := changed(t, small, `spec = "shapes:train=60,test=20"`, `spec = "cifar10"`)
	f, change, err := Look(context.Background(), read(t, text), "", m)
	if err != nil {
		t.Fatal(err)
	}
	if len(change.Missing) != 1 || change.Missing[0] != (Missing{"shapes", "cifar10", 170052171}) || len(f.Cells()) != 6 {
		t.Errorf("missing %v, %d cells", change.Missing, len(f.Cells()))
	}
	if entries, err := os.ReadDir(m.Catalog.CacheDir); err != nil || len(entries) != 0 {
		t.Errorf("the cache has %v, %v", entries, err)
	}
	_, _, err = Look(context.Background(), read(t, strings.Replace(text, "cifar10", "imagenet", 1)), "", m)
	if err == nil || !strings.Contains(err.Error(), "imagenet") {
		t.Errorf("a set that is not downloaded: %v", err)
	}
}

// A folder that cannot be written is opened where nothing has to be added to it.
func TestPrepareReadOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	prepare(t, small, dir)
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("a file system cannot be made read-only here: %v", err)
	}
	f, change := prepare(t, small, dir)
	if err := f.Writable(); change.Added != 0 || len(f.Cells()) != 6 || !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), dir) {
		t.Errorf("%d cells, %d new, %v", len(f.Cells()), change.Added, err)
	}
	_, _, err := Prepare(context.Background(), read(t, changed(t, small, `"1..2"`, `"1..3"`)), dir, machine(t))
	if !errors.Is(err, ErrReadOnly) {
		t.Errorf("a suite with more seeds: %v", err)
	}
}

// Errors about data sets and encoders have the line and the key of the suite.
func TestLearnErrors(t *testing.T) {
	for _, tt := range []struct {
		name, old, by string
		want          []string
	}{
		{"path", `name = "shapes"
spec = "shapes:train=60,test=20"`, "name = \"cifar10\"\npath = \"/nonexistent/a\"",
			[]string{`line 14 of the suite: path = "/nonexistent/a" of the data set "cifar10": /nonexistent/a does not exist`, "leave path out"}},
		{"folder", "shapes:train=60,test=20", "folder:/nonexistent/b", []string{`line 14 of the suite: data set "shapes", on which the encoder "dcgan" is trained`, "/nonexistent/b"}},
		{"training", `data = "shapes"`, `data = "folder:/nonexistent/c"`, []string{`line 7 of the suite: data set "folder:/nonexistent/c", on which the encoder "dcgan" is trained`}},
		{"encoder", `spec = "pixels"`, `spec = "random:svhn32,widht=8"`, []string{`line 10 of the suite: encoder "pixels"`, `did you mean "width=8"?`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := Look(context.Background(), read(t, changed(t, small, tt.old, tt.by)), "", machine(t))
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwant %q", err, want)
				}
			}
			if tt.name == "encoder" && !errors.Is(err, features.ErrSpec) {
				t.Errorf("%v is no error of the kind %v", err, features.ErrSpec)
			}
		})
	}
}
