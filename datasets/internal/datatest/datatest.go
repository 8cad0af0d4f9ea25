// Package datatest makes pictures, archives and folders for tests of data sets, and
// checks errors. Only tests import it, and it imports nothing of the project.
package datatest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// PNG encodes a w×h picture of one colour; grey makes a one-channel file.
func PNG(w, h int, c color.NRGBA, grey bool) []byte {
	var m image.Image
	if grey {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			g.Pix[i] = c.R
		}
		m = g
	} else {
		n := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := 0; i < len(n.Pix); i += 4 {
			n.Pix[i], n.Pix[i+1], n.Pix[i+2], n.Pix[i+3] = c.R, c.G, c.B, c.A
		}
		m = n
	}
	return EncodePNG(m)
}

// EncodePNG encodes a picture as PNG.
func EncodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// EncodeJPEG encodes a picture as JPEG of quality 90.
func EncodeJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Dot returns a 2×2 picture with the given red value, which distinguishes it from other dots.
func Dot(red uint8) []byte { return PNG(2, 2, color.NRGBA{red, 10, 20, 255}, false) }

// File is one entry of a test archive.
type File struct {
	// Name is the slash-separated name.
	Name string
	// Body is the content; nil makes a folder.
	Body []byte
	// Link makes a symbolic link to this target.
	Link string
}

// Tar packs entries in the given order.
func Tar(entries ...File) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.Name, Mode: 0o644, Size: int64(len(e.Body)), Typeflag: tar.TypeReg}
		switch {
		case e.Link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.Link
		case e.Body == nil:
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		if _, err := w.Write(e.Body); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Zip packs entries into a zip file, those with a body compressed.
func Zip(entries ...File) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.Name, Method: zip.Deflate}
		h.SetMode(0o644)
		switch {
		case e.Link != "":
			h.SetMode(fs.ModeSymlink | 0o777)
			e.Body = []byte(e.Link)
		case e.Body == nil:
			h.Name = strings.TrimSuffix(e.Name, "/") + "/"
		}
		out, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		if len(e.Body) > 0 {
			if _, err := out.Write(e.Body); err != nil {
				panic(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Gzip compresses data.
func Gzip(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		panic(err)
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Write writes a file into a new folder.
func Write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// Unpack writes entries into a new folder.
func Unpack(t testing.TB, entries ...File) string {
	t.Helper()
	root := t.TempDir()
	for _, e := range entries {
		path := filepath.Join(root, filepath.FromSlash(e.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case e.Link != "":
			err = os.Symlink(e.Link, path)
		case e.Body == nil:
			err = os.MkdirAll(path, 0o755)
		default:
			err = os.WriteFile(path, e.Body, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// WantError checks that an error contains all parts.
func WantError(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", parts)
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

// Dots returns different pictures with these names. A name that ends with "/" is a folder.
func Dots(names ...string) []File {
	var out []File
	for i, n := range names {
		f := File{Name: n, Body: Dot(uint8(i))}
		if strings.HasSuffix(n, "/") {
			f.Body = nil
		}
		out = append(out, f)
	}
	return out
}
