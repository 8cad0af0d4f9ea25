package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// entries are what a walk over a source visits, each file with its content.
func entries(t *testing.T, s Source) []string {
	t.Helper()
	var out []string
	err := s.Walk(context.Background(), func(e Entry) error {
		if e.Dir {
			out = append(out, e.Name+"/")
			return nil
		}
		b, err := e.Read(nil, 1<<20)
		head, err2 := e.Head(2)
		if e.Keeps && (!strings.HasPrefix(string(b), string(head)) || len(head) != min(2, len(b))) || !e.Keeps && len(head) != 0 {
			t.Errorf("%s: the head %q of %q", e.Name, head, b)
		}
		out = append(out, fmt.Sprintf("%s=%s", e.Name, b))
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// open opens an archive or a folder.
func open(t *testing.T, path string) Source {
	t.Helper()
	s, err := Open(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if s.Path() != path {
		t.Errorf("%s calls itself %s", path, s.Path())
	}
	return s
}

// The same files are the same entries in a folder and in each kind of archive; hidden ones and
// the folder of macOS are left out.
func TestSameEntries(t *testing.T) {
	files := []datatest.File{
		{Name: "a/1.txt", Body: []byte("one")}, {Name: "a/2.txt", Body: []byte("")}, {Name: "a/.DS_Store", Body: []byte("x")},
		{Name: "__MACOSX/a/1.txt", Body: []byte("x")}, {Name: "b/c/3.txt", Body: []byte("three")}, {Name: ".git/config", Body: []byte("x")},
	}
	want := []string{"a/1.txt=one", "a/2.txt=", "b/c/3.txt=three"}
	withoutFolders := func(all []string) []string {
		return slices.DeleteFunc(all, func(s string) bool { return strings.HasSuffix(s, "/") })
	}
	for name, path := range map[string]string{
		"folder":                  datatest.Unpack(t, files...),
		"tar":                     datatest.Write(t, "x.tar", datatest.Tar(files...)),
		"tar.gz":                  datatest.Write(t, "x.tar.gz", datatest.Gzip(datatest.Tar(files...))),
		"zip":                     datatest.Write(t, "x.zip", datatest.Zip(files...)),
		"a name without a suffix": datatest.Write(t, "x", datatest.Zip(files...)),
	} {
		got := withoutFolders(entries(t, open(t, path)))
		if name == "folder" { // which has __MACOSX left out as well
			slices.Sort(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// ErrStop ends a walk without an error, any other error with it, and so does a context.
func TestWalkStops(t *testing.T) {
	files := datatest.Dots("a/1.png", "a/2.png", "a/3.png")
	broken := errors.New("broken")
	for name, path := range map[string]string{
		"folder": datatest.Unpack(t, files...),
		"tar":    datatest.Write(t, "x.tar", datatest.Tar(files...)),
		"zip":    datatest.Write(t, "x.zip", datatest.Zip(files...)),
	} {
		for _, tt := range []struct{ give, want error }{{ErrStop, nil}, {broken, broken}} {
			n := 0
			err := open(t, path).Walk(context.Background(), func(e Entry) error {
				if e.Dir {
					return nil
				}
				if n++; n == 2 {
					return tt.give
				}
				return nil
			})
			if !errors.Is(err, tt.want) || n != 2 {
				t.Errorf("%s: error %v after %d files, want %v", name, err, n, tt.want)
			}
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := open(t, path).Walk(ctx, func(Entry) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a cancelled walk: error %v", name, err)
		}
	}
}

// What is no archive is named, with the next step.
func TestOpenRefuses(t *testing.T) {
	for want, head := range map[string]string{
		"the file is empty":                          "",
		"a bzip2 file, which is not read; unpack it": "BZh91AY&SY",
		"an xz file":                                 "\xfd7zXZ\x00",
		"a zstd file":                                "\x28\xb5\x2f\xfd....",
		"a 7z file":                                  "7z\xbc\xaf\x27\x1c",
		"has no directory at its end":                "PK\x03\x04 and no more",
		"a data set is a folder, tar, tar.gz or zip file": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
	} {
		path := datatest.Write(t, "x", []byte(head))
		if _, err := Open(path, false); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: error %v, want %q", head, err, want)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), false); err == nil {
		t.Error("an absent file was opened")
	}
	if _, err := Open(os.DevNull, false); err == nil || !strings.Contains(err.Error(), "neither a folder nor a regular file") {
		t.Errorf("a device: error %v", err)
	}
}

// A file that is larger than the limit is refused before it is read, also where it hides its size.
func TestReadLimit(t *testing.T) {
	path := datatest.Write(t, "x.zip", datatest.Zip(datatest.File{Name: "a", Body: []byte("12345")}))
	n := 0
	err := open(t, path).Walk(context.Background(), func(e Entry) error {
		n++
		if b, err := e.Read([]byte("before "), 5); err != nil || string(b) != "before 12345" {
			t.Errorf("%q, %v", b, err)
		}
		if _, err := e.Read(nil, 4); err == nil || !strings.Contains(err.Error(), "larger than") {
			t.Errorf("one byte too many: error %v", err)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if _, err := ReadLimited(nil, strings.NewReader("12345"), 4); err == nil {
		t.Error("five bytes were read where four are allowed")
	}
}
