package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// entries lists the names in a folder, so that tests notice leftover temporary files.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func wantContent(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Fatalf("%s holds %q, %v; want %q", filepath.Base(path), got, err, want)
	}
}

func TestFileAppearsOnlyAtCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.bin")
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write([]byte("0123")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("AB"), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(-1, io.SeekCurrent); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("z!")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("the file is visible before Commit: %v", err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("Close after Commit: %v", err)
	}
	wantContent(t, path, "0ABz!")
	if got := entries(t, dir); len(got) != 1 {
		t.Fatalf("left behind: %v", got)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Fatalf("second Commit: %v, want ErrClosed", err)
	}
}

func TestCloseDiscards(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.bin")
	if err := WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("new")); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, "old")
	if got := entries(t, dir); len(got) != 1 {
		t.Fatalf("left behind: %v", got)
	}
}

func TestWriteFileReplacesAndSetsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	for _, text := range []string{"one", "two"} {
		if err := WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		wantContent(t, path, text)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, want 0600", info.Mode().Perm())
	}
}

func TestTwoWritersOfOneName(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := WriteFile(path, []byte(strings.Repeat("x", 1000)), 0o644); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantContent(t, path, strings.Repeat("x", 1000))
	if got := entries(t, dir); len(got) != 1 {
		t.Fatalf("left behind: %v", got)
	}
}

func TestSymbolicLinkStays(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := WriteFile(link, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	wantContent(t, target, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Fatalf("the link was replaced: %v, %v", info, err)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	tests := []struct{ name, path, want string }{
		{"empty name", "", "name is empty"},
		{"folder", dir, "a folder is there"},
		{"missing folder", filepath.Join(dir, "no", "a.txt"), "make the folder"},
		{"device", os.DevNull, "a special file is there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Create(tt.path)
			if err == nil {
				f.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %q does not say %q", err, tt.want)
			}
		})
	}
}

// fullDisk is a handle on which every operation named in fail gives err.
type fullDisk struct {
	handle
	fail string
	err  error
}

func (d fullDisk) Write(p []byte) (int, error) {
	if d.fail == "write" {
		return len(p) / 2, &fs.PathError{Op: "write", Path: "secret.tmp", Err: d.err}
	}
	return d.handle.Write(p)
}

func (d fullDisk) Sync() error {
	if d.fail == "sync" {
		return &fs.PathError{Op: "sync", Path: "secret.tmp", Err: d.err}
	}
	return d.handle.Sync()
}

func TestFullDisk(t *testing.T) {
	for _, fail := range []string{"write", "sync"} {
		t.Run(fail, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.bin")
			f, err := Create(path)
			if err != nil {
				t.Fatal(err)
			}
			f.h = fullDisk{f.h, fail, syscall.ENOSPC}
			_, werr := f.Write([]byte("data"))
			if (werr != nil) != (fail == "write") {
				t.Fatalf("Write: %v", werr)
			}
			err = f.Commit() // also when the caller overlooked the failed Write
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("Commit: %v, want ENOSPC", err)
			}
			for _, want := range []string{path, "free some space"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "secret.tmp") {
				t.Errorf("error %q names the temporary", err)
			}
			if got := entries(t, dir); len(got) != 0 {
				t.Fatalf("left behind: %v", got)
			}
		})
	}
}

func TestRename(t *testing.T) {
	dir := t.TempDir()
	temp, path := filepath.Join(dir, "a.part"), filepath.Join(dir, "a")
	if err := os.WriteFile(temp, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Rename(temp, path); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "new" {
		t.Fatalf("%q, %v", b, err)
	}
	if err := Rename(temp, path); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), temp) {
		t.Errorf("a file that is not there: %v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "new" {
		t.Errorf("the old file was lost: %q", b)
	}
}
