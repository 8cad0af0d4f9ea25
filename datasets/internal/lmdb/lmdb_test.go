package lmdb

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unzip reads a frozen file; LMDB itself wrote the files with testdata/make.py.
func unzip(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".mdb.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeTemp(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.mdb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// keyAndValue returns the key and the value of entry i, by the formula of testdata/make.py.
func keyAndValue(i int) (key, value string) {
	n := 0
	switch {
	case i%5 == 0:
	case i%17 == 0:
		n = 5000
	default:
		n = 3 + i%40
	}
	return fmt.Sprintf("k%05d", i), strings.Repeat(fmt.Sprint(i), n)[:n]
}

// wantEntries checks that a file has exactly the entries want.
func wantEntries(t *testing.T, path string, want []int) {
	t.Helper()
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = db.Walk(func(key []byte, v Value) error {
		if n == len(want) {
			return fmt.Errorf("%q is too many", key)
		}
		k, value := keyAndValue(want[n])
		if got := data[v.Off:][:v.Size]; string(key) != k || string(got) != value {
			return fmt.Errorf("entry %d is %q with %d bytes, want %q with %d", n, key, len(got), k, len(value))
		}
		n++
		return nil
	})
	if err != nil || n != len(want) || db.Entries != int64(n) {
		t.Fatalf("%d entries, %d claimed, want %d: %v", n, db.Entries, len(want), err)
	}
}

func numbers(from, to, step int) (out []int) {
	for i := from; i < to; i += step {
		out = append(out, i)
	}
	return out
}

func TestFrozenFiles(t *testing.T) {
	tests := []struct {
		name string
		want []int
	}{
		{"tree", numbers(0, 300, 1)},
		{"one", numbers(0, 1, 1)},
		{"empty", nil},
		{"deleted", numbers(1, 90, 2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { wantEntries(t, writeTemp(t, unzip(t, tt.name)), tt.want) })
	}
}

// TestAgainstPython reads a tree of three levels written by python3-lmdb, if it is installed.
func TestAgainstPython(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import lmdb").Run(); err != nil {
		t.Skipf("python3-lmdb is absent: %v", err)
	}
	script, err := filepath.Abs("testdata/make.py")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const n = 20000
	cmd := exec.Command(python, script, dir, fmt.Sprint(n))
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	path := filepath.Join(dir, "tree.mdb")
	if db, err := Open(path); err != nil || db.depth < 3 {
		t.Fatalf("depth %+v, %v", db, err)
	}
	wantEntries(t, path, numbers(0, n, 1))
}

func TestWalkStops(t *testing.T) {
	db, err := Open(writeTemp(t, unzip(t, "tree")))
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	n := 0
	if err := db.Walk(func([]byte, Value) error {
		n++
		return stop
	}); err != stop || n != 1 {
		t.Fatalf("%v after %d", err, n)
	}
}

// walkAll opens bytes as a file and walks to the end.
func walkAll(t testing.TB, data []byte) error {
	db, err := Open(writeTemp(t, data))
	if err != nil {
		return err
	}
	return db.Walk(func(key []byte, v Value) error {
		if v.Off < 0 || v.Size < 0 || v.Off+v.Size > int64(len(data)) {
			t.Fatalf("the value of %q lies at %d … %d of %d", key, v.Off, v.Off+v.Size, len(data))
		}
		return nil
	})
}

func TestRefuses(t *testing.T) {
	good := unzip(t, "tree")
	db, err := Open(writeTemp(t, good))
	if err != nil {
		t.Fatal(err)
	}
	root := int(db.root) * db.pageSize
	// Both head pages are changed at the same place.
	heads := func(at int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[at:], b)
		copy(data[db.pageSize+at:], b)
		return data
	}
	inRoot := func(at int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[root+at:], b)
		return data
	}
	firstNode := int(le.Uint16(good[root+headerSize:]))
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"short", good[:100], "shorter than its first page"},
		{"no magic", heads(16, 0), "not an LMDB file"},
		{"big-endian", heads(16, 0xBE, 0xEF, 0xC0, 0xDE), "big-endian or 32-bit"},
		{"version", heads(20, 9), "version 9"},
		{"no mark", heads(10, 0), "no mark"},
		{"page size", heads(40, 1), "pages have 4097 bytes"},
		{"one page", good[:4096], "page 1"},
		{"order of keys", heads(16+24+48+4, 8), "order (flags 0x0008)"},
		{"deep", heads(16+24+48+6, 99), "99 deep"},
		{"entries", heads(16+24+48+32, 7, 0), "300 keys where its head says 7"},
		{"last page", heads(16+24+96, 1, 0), "beyond the last one, 1"},
		{"root", heads(16+24+48+40, 0), "page 0 has its free space"},
		{"number of page", inRoot(0, 0xff), "says that it is page"},
		{"kind", inRoot(10, 2), "is of kind 0x02"},
		{"free space", inRoot(12, 3), "free space"},
		{"no entries", inRoot(12, 16, 0), "is empty"},
		{"place of entry", inRoot(16, 0xff, 0xff), "it lies at 65535"},
		{"length of key", inRoot(firstNode+6, 0xff, 0xff), "its key has 65535 bytes"},
		{"a circle", inRoot(firstNode, byte(db.root)), "is of kind 0x01"},
		{"cut", good[:root+100], "unexpected EOF"},
		{"named database", unzip(t, "named"), `"named" holds a database`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := walkAll(t, tt.data); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v; want %q", err, tt.want)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "data.mdb")); !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// FuzzWalk: a file with any changes is walked to its end or refused, and every value is inside
// the file.
func FuzzWalk(f *testing.F) {
	var files [][]byte
	for i, name := range []string{"tree", "one", "empty", "deleted", "named"} {
		files = append(files, unzip(f, name))
		f.Add(uint8(i), uint32(4096*3+16), uint64(7), uint32(40), uint32(0))
		f.Add(uint8(i), uint32(4096+40), uint64(1<<40), uint32(4096*2+20), uint32(5000))
	}
	f.Fuzz(func(t *testing.T, which uint8, at uint32, v uint64, at2, cut uint32) {
		data := bytes.Clone(files[int(which)%len(files)])
		for _, a := range []uint32{at, at2} {
			le.PutUint64(data[int(a)%(len(data)-8):], v)
		}
		data = data[:len(data)-int(cut)%len(data)]
		_ = walkAll(t, data)
	})
}
