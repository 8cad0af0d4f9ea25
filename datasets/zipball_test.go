package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

func TestZipErrors(t *testing.T) {
	good := zipOf(packed{name: "a/1.png", body: dot(1)}, packed{name: "b/1.png", body: dot(2)})
	stored := func() []byte { // not compressed, so that the damage is seen by the checksum alone
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		out, err := w.CreateHeader(&zip.FileHeader{Name: "a/1.png", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(dot(1)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		data[bytes.Index(data, []byte("IEND"))+5] ^= 1
		return data
	}
	// inDirectory changes what the directory says of the first file.
	inDirectory := func(at int, b ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[bytes.Index(data, []byte("PK\x01\x02"))+at:], b)
		return data
	}
	tests := []struct {
		name string
		data []byte
		want []string
	}{
		{"cut", good[:len(good)-10], []string{"no directory at its end: it is truncated"}},
		{"climbing name", zipOf(packed{name: "../1.png", body: dot(1)}), []string{"../1.png", "leads out"}},
		{"link", zipOf(packed{name: "a/1.png", link: "/etc/passwd"}), []string{"a/1.png", "it is a link"}},
		{"encrypted", inDirectory(8, 1), []string{"a/1.png", "encrypted"}},
		{"method", inDirectory(10, 12), []string{"a/1.png", "method 12"}},
		{"giant", inDirectory(24, 0, 0, 0, 0x7f), []string{"a/1.png", "larger than 67 MB"}},
		{"checksum", stored(), []string{"a/1.png", "damaged"}},
		{"twice", zipOf(packed{name: "1.png", body: dot(1)}, packed{name: "1.png", body: dot(1)}), []string{"1.png", "comes twice"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := writeTemp(t, "set.zip", tt.data)
			_, err := Open(context.Background(), "folder:"+path, Options{})
			wantError(t, err, append(tt.want, path)...)
		})
	}
}

// TestTarWithoutReading: the walk over a tar file on disk leaps over the contents,
// which can be read later, and still sees that it is cut.
func TestTarWithoutReading(t *testing.T) {
	big := bytes.Repeat([]byte{7}, 5000)
	data := tarOf(packed{name: "a/1.bin", body: big}, packed{name: "a/2.bin", body: []byte("two")}, packed{name: "a/3.bin", body: []byte{}})
	path := writeTemp(t, "x.tar", data)
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
		err := tarball{file: writeTemp(t, "cut.tar", data[:n])}.walk(context.Background(), func(entry) error { return nil })
		wantError(t, err, "truncated")
	}
}

// FuzzZip: any file that starts like a zip file gives a consistent set or an error
// that names it.
func FuzzZip(f *testing.F) {
	f.Add(zipOf(names("train/a/1.png", "train/b/1.png", "test/a/1.png")...))
	f.Add(zipOf(names("1.png", "x/")...))
	f.Add(zipOf(packed{name: "a/1.png", link: "/etc/passwd"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		src, err := openZip(path)
		if err != nil {
			wantError(t, err, path)
			return
		}
		o, err := Options{Threads: 2, MaxBytes: fuzzBytes, CacheDir: "none"}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		d, err := openImages(context.Background(), nameFolder, []source{src}, o)
		if err != nil {
			wantError(t, err, path)
			return
		}
		checkSet(t, d)
	})
}

// FuzzTarOnDisk: a tar file that is leapt through gives what one that is read
// through gives, or both are refused.
func FuzzTarOnDisk(f *testing.F) {
	f.Add(tarOf(names("train/a/1.png", "train/b/1.png")...))
	f.Add(tarOf(packed{name: "a", body: bytes.Repeat([]byte{1}, 2000)}, packed{name: "b", body: []byte{}}))
	f.Add(tarOf(names("1.png", "2.png")...)[:1500])
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
