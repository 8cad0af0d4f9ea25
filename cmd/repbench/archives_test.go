package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// smallPNG is a 4×4 picture of one grey.
func smallPNG(t *testing.T, grey uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		m.Set(i%4, i/4, color.RGBA{grey, grey, grey / 2, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// windowsZip packs six images of each of two classes for each of two splits, as .NET
// and PowerShell name them.
func windowsZip(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 24 {
		name := fmt.Sprintf(`set\%s\%s\%d.png`, []string{"train", "test"}[i%2], []string{"cat", "dog"}[i/2%2], i/4)
		out, err := w.CreateHeader(&zip.FileHeader{Name: name})
		if err == nil {
			_, err = out.Write(smallPNG(t, uint8(10*i)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "win.zip")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// A zip file from Windows has its splits and classes for extract and data prepare.
func TestZipFromWindows(t *testing.T) {
	src, out := windowsZip(t), filepath.Join(t.TempDir(), "out")
	m := document(t, "extract", "--encoder", "pixels", "--data", "folder:"+src, "--out", filepath.Join(t.TempDir(), "f"))
	if got := fmt.Sprint(m["classes"], m["splits"]); got != "[cat dog] [map[labelled:true name:train rows:12] map[labelled:true name:test rows:12]]" {
		t.Error(got)
	}
	if text := must(t, "data", "prepare", "folder:"+src, "--size", "4", "--out", out); !strings.Contains(text, "train  12 images\n  test   12 images\n") {
		t.Error(text)
	}
}

// Files that are no images are counted once on standard error, and in JSON; pictures
// that are not read are an error.
func TestFilesLeftOut(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a/1.png", smallPNG(t, 1))
	write("b/plain", smallPNG(t, 2))
	write("b/x.dat", []byte("no picture"))
	write("b/boxes.txt", []byte("1 2 3 4"))
	const note = "Among the files of the set 2 are no images and were left out: 1 .dat, 1 .txt (the first is b/boxes.txt)."
	for _, args := range [][]string{
		{"extract", "--encoder", "pixels", "--data", "folder:" + dir, "--out", filepath.Join(t.TempDir(), "f")},
		{"data", "prepare", "folder:" + dir, "--size", "4", "--out", filepath.Join(t.TempDir(), "p")},
	} {
		status, stdout, stderr := cli(t, append(args, "--json")...)
		if status != 0 || strings.Count(stderr, note) != 1 || strings.Count(stdout, note) != 1 {
			t.Errorf("%v: status %d\n%s\n%s", args, status, stdout, stderr)
		}
	}
	write("a/g.tga", []byte("TGA has no first bytes of its own"))
	status, _, stderr := cli(t, "extract", "--encoder", "pixels", "--data", "folder:"+dir, "--out", filepath.Join(t.TempDir(), "f"))
	if status != 1 || !strings.Contains(stderr, "a/g.tga: only JPEG, PNG and WebP images are read; convert it") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// A class whose name is not UTF-8 is refused before a preparation begins.
func TestClassThatIsNotUTF8(t *testing.T) {
	dir, out := t.TempDir(), filepath.Join(t.TempDir(), "out")
	for i, class := range []string{"\xb9\xb7", "\xb0\xb3", "ok"} {
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Skip("the file system has no such names: ", err)
		}
		if err := os.WriteFile(filepath.Join(dir, class, "1.png"), smallPNG(t, uint8(i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range []string{"data prepare folder:%s --size 4", "extract --encoder pixels --data folder:%s", "train --arch svhn32 --steps 1 --data folder:%s"} {
		args := append(strings.Fields(fmt.Sprintf(args, dir)), "--out", out)
		status, _, stderr := cli(t, args...)
		if status != 1 || !strings.Contains(stderr, `"\xb0\xb3/1.png": the name of the file, or of a folder above it, is not UTF-8; "convmv`) {
			t.Errorf("%v: status %d: %s", args, status, stderr)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: the folder was made", args)
		}
	}
}
