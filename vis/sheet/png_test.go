package sheet

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestWritePNG(t *testing.T) {
	img, err := Draw(flat(4, 3, 3, 3), Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.png"), filepath.Join(dir, "b.png")
	for _, path := range []string{a, b} {
		if err := WritePNG(path, img); err != nil {
			t.Fatal(err)
		}
	}
	first, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Error("the same image was written as different bytes")
	}
	got, err := png.Decode(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if got.At(x, y) != img.At(x, y) {
				t.Fatalf("pixel %d,%d reads back as %v, want %v", x, y, got.At(x, y), img.At(x, y))
			}
		}
	}
}

func TestWritePNGErrors(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 1, 1))
	if err := WritePNG(filepath.Join(t.TempDir(), "missing", "a.png"), img); err == nil {
		t.Error("no error for a folder that does not exist")
	}
	if err := WritePNG(filepath.Join(t.TempDir(), "a.png"), image.NewGray(image.Rectangle{})); err == nil {
		t.Error("no error for an empty picture")
	}
}
