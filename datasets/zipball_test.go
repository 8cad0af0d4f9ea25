package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets/internal/datatest"
)

// TestTarWithoutReading: the walk over a tar file on disk leaps over the contents,
// which can be read later, and still sees that it is cut.
func TestTarWithoutReading(t *testing.T) {
	big := bytes.Repeat([]byte{7}, 5000)
	data := datatest.Tar(datatest.File{Name: "a/1.bin", Body: big}, datatest.File{Name: "a/2.bin", Body: []byte("two")}, datatest.File{Name: "a/3.bin", Body: []byte{}})
	path := datatest.Write(t, "x.tar", data)
	var entries []entry
	if err := (tarball{file: path}).walk(context.Background(), func(e entry) error {
		entries = append(entries, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]byte{big, []byte("two"), {}} {
		got, err := entries[i].read(nil, 1<<20)
		if err != nil || !bytes.Equal(got, want) || !entries[i].keeps {
			t.Fatalf("entry %d: %d bytes, %v", i, len(got), err)
		}
	}
	if _, err := entries[0].read(nil, 4999); err == nil {
		t.Fatal("a file over the limit is read")
	}
	for _, n := range []int{len(data) - 2*tarBlock, 3000, 700} {
		err := tarball{file: datatest.Write(t, "cut.tar", data[:n])}.walk(context.Background(), func(entry) error { return nil })
		datatest.WantError(t, err, "truncated")
	}
}

// FuzzTarOnDisk: a tar file that is leapt through gives what one that is read
// through gives, or both are refused.
func FuzzTarOnDisk(f *testing.F) {
	f.Add(datatest.Tar(names("train/a/1.png", "train/b/1.png")...))
	f.Add(datatest.Tar(datatest.File{Name: "a", Body: bytes.Repeat([]byte{1}, 2000)}, datatest.File{Name: "b", Body: []byte{}}))
	f.Add(datatest.Tar(names("1.png", "2.png")...)[:1500])
	f.Fuzz(func(t *testing.T, data []byte) {
		list := func(src source) (out []byte, err error) {
			err = src.walk(context.Background(), func(e entry) error {
				out = append(out, e.name...)
				if e.dir || e.link {
					return nil
				}
				content, err := e.read(nil, fuzzBytes)
				out = binary.LittleEndian.AppendUint64(out, uint64(len(content)))
				out = append(out, content...)
				return err
			})
			return out, err
		}
		path := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		leapt, err1 := list(tarball{file: path})
		read, err2 := list(memory{data: data})
		if (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(leapt, read) {
			t.Fatalf("leapt: %v; read: %v", err1, err2)
		}
	})
}
