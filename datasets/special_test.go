//go:build unix

package datasets

import (
	"archive/tar"
	"bytes"
	"context"
	"path/filepath"
	"syscall"
	"testing"

	"repbench/datasets/internal/datatest"
)

// Pipes and devices with the name of an image, or of a folder, are named for what they are.
func TestSpecialFiles(t *testing.T) {
	for _, name := range []string{"z.png", "z", "z.gif"} {
		dir := datatest.Unpack(t, datatest.Dots("a/1.png", "b/1.png")...)
		if err := syscall.Mkfifo(filepath.Join(dir, "a", name), 0o644); err != nil {
			t.Skip("the system makes no pipes: ", err)
		}
		paths := []string{dir}
		for _, kind := range []byte{tar.TypeFifo, tar.TypeChar, tar.TypeBlock} {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			if err := w.WriteHeader(&tar.Header{Name: "a/" + name, Typeflag: kind, Mode: 0o644}); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, datatest.Write(t, "x.tar", b.Bytes()))
		}
		for _, path := range paths {
			_, err := Open(context.Background(), "folder:"+path, Options{})
			datatest.WantError(t, err, path, "a/"+name+": it is a special file", "remove it")
		}
	}
}

// Bytes after the end of a gzip file are named in archives and in idx files.
func TestBytesAfterGzip(t *testing.T) {
	packed := append(datatest.Gzip(datatest.Tar(datatest.Dots("a/1.png", "b/1.png")...)), "trailing"...)
	path := datatest.Write(t, "x.tar.gz", packed)
	_, err := Open(context.Background(), "folder:"+path, Options{})
	datatest.WantError(t, err, path, "other bytes follow the end of the gzip data")
	_, _, err = parseIDX(bytes.NewReader(append(datatest.Gzip([]byte{0, 0, 8, 1, 0, 0, 0, 1, 7}), 'x')), 1)
	datatest.WantError(t, err, "other bytes follow the end of the gzip data")
}
