package datasets

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets/catalog"
	"repbench/datasets/internal/archive"
	"repbench/datasets/internal/content"
	"repbench/datasets/internal/datatest"
)

func TestOpenSourceRefuses(t *testing.T) {
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"zip", []byte("PK\x03\x04rest"), "zip file but has no directory"},
		{"xz", []byte("\xfd7zXZ\x00"), "an xz file"},
		{"bzip2", []byte("BZh91AY"), "bzip2 file"},
		{"text", []byte("hello"), `it is text, which begins "hello"`},
		{"noise", []byte("\x00\x01\x02"), "truncated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.tar.gz", tt.data)
			_, err := Open(context.Background(), "folder:"+path, Options{})
			datatest.WantError(t, err, path, tt.want)
		})
	}
	_, err := Open(context.Background(), "folder:"+filepath.Join(t.TempDir(), "no"), Options{})
	if !errors.Is(err, content.ErrMissing) || !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("missing path: %v", err)
	}
}

func TestZipErrors(t *testing.T) {
	good := datatest.Zip(datatest.File{Name: "a/1.png", Body: datatest.Dot(1)}, datatest.File{Name: "b/1.png", Body: datatest.Dot(2)})
	stored := func() []byte { // not compressed, so that the damage is seen by the checksum alone
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		out, err := w.CreateHeader(&zip.FileHeader{Name: "a/1.png", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(datatest.Dot(1)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		data[bytes.Index(data, []byte("IEND"))+5] ^= 1
		return data
	}
	// inDirectory changes the directory entry of the first file.
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
		{"climbing name", datatest.Zip(datatest.File{Name: "../1.png", Body: datatest.Dot(1)}), []string{"../1.png", "leads out"}},
		{"link", datatest.Zip(datatest.File{Name: "a/1.png", Link: "/etc/passwd"}), []string{"a/1.png", "it is a link"}},
		{"encrypted", inDirectory(8, 1), []string{"a/1.png", "encrypted"}},
		{"method", inDirectory(10, 12), []string{"a/1.png", "method 12"}},
		{"giant", inDirectory(24, 0, 0, 0, 0x7f), []string{"a/1.png", "larger than 67 MB"}},
		{"checksum", stored(), []string{"a/1.png", "damaged"}},
		{"twice", datatest.Zip(datatest.File{Name: "1.png", Body: datatest.Dot(1)}, datatest.File{Name: "1.png", Body: datatest.Dot(1)}), []string{"1.png", "comes twice"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := datatest.Write(t, "set.zip", tt.data)
			_, err := Open(context.Background(), "folder:"+path, Options{})
			datatest.WantError(t, err, append(tt.want, path)...)
		})
	}
}

// FuzzZip: any file that starts like a zip file gives a consistent set or an error that names
// the file.
func FuzzZip(f *testing.F) {
	f.Add(datatest.Zip(datatest.Dots("train/a/1.png", "train/b/1.png", "test/a/1.png")...))
	f.Add(datatest.Zip(datatest.Dots("1.png", "x/")...))
	f.Add(datatest.Zip(datatest.File{Name: "a/1.png", Link: "/etc/passwd"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		src, err := archive.Open(path, false)
		if err != nil {
			datatest.WantError(t, err, path)
			return
		}
		o, err := Options{Threads: 2, MaxBytes: fuzzBytes, Options: catalog.Options{CacheDir: "none"}}.resolve()
		if err != nil {
			t.Fatal(err)
		}
		d, err := openImages(context.Background(), catalog.NameFolder, []archive.Source{src}, o)
		if err != nil {
			datatest.WantError(t, err, path)
			return
		}
		checkSet(t, d)
	})
}
