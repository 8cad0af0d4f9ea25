package datasets

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

// pngOf encodes a w×h picture of one colour; grey makes a one-channel file.
func pngOf(w, h int, c color.NRGBA, grey bool) []byte {
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
	return encodePNG(m)
}

func encodePNG(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func encodeJPEG(m image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// dot is a 2×2 picture whose red value tells the pictures apart.
func dot(red uint8) []byte { return pngOf(2, 2, color.NRGBA{red, 10, 20, 255}, false) }

// packed is one entry of a test archive. A body of nil makes a folder; link makes
// a symbolic link.
type packed struct {
	name string
	body []byte
	link string
}

// tarOf packs entries in the given order.
func tarOf(entries ...packed) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.body)), Typeflag: tar.TypeReg}
		switch {
		case e.link != "":
			h.Typeflag, h.Linkname = tar.TypeSymlink, e.link
		case e.body == nil:
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		if _, err := w.Write(e.body); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// zipOf packs entries into a zip file, those with a body compressed.
func zipOf(entries ...packed) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		h.SetMode(0o644)
		switch {
		case e.link != "":
			h.SetMode(fs.ModeSymlink | 0o777)
			e.body = []byte(e.link)
		case e.body == nil:
			h.Name = strings.TrimSuffix(e.name, "/") + "/"
		}
		out, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		if len(e.body) > 0 {
			if _, err := out.Write(e.body); err != nil {
				panic(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func gzipOf(data []byte) []byte {
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

// writeTemp writes a file into a fresh folder.
func writeTemp(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// unpack writes entries below a fresh folder.
func unpack(t testing.TB, entries ...packed) string {
	t.Helper()
	root := t.TempDir()
	for _, e := range entries {
		path := filepath.Join(root, filepath.FromSlash(e.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case e.link != "":
			err = os.Symlink(e.link, path)
		case e.body == nil:
			err = os.MkdirAll(path, 0o755)
		default:
			err = os.WriteFile(path, e.body, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// wantError checks that an error says all parts.
func wantError(t testing.TB, err error, parts ...string) {
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
