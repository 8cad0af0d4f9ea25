package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// Grey picture files of another size: the error of train --channels 1 names a command
// that leads to a training, and the pixels are the pixels of Pillow's convert("L").
func TestPrepareGrey(t *testing.T) {
	set := filepath.Join(t.TempDir(), "set")
	// Image.new("RGB", (28, 28), c).convert("L") of Pillow 9.4, by the last number.
	colours := []struct {
		c    color.Color
		grey uint8
	}{{color.Gray{77}, 77}, {color.RGBA{10, 20, 30, 255}, 18}, {color.RGBA{255, 0, 0, 255}, 76}, {color.RGBA{0, 255, 0, 255}, 150}, {color.RGBA{0, 0, 255, 255}, 29}}
	for i, c := range colours {
		for _, split := range []string{"train", "test"} {
			for _, class := range []string{"a", "b"} {
				writePlainPNG(t, filepath.Join(set, split, class, string(rune('0'+i))+".png"), c.c)
			}
		}
	}
	dir := t.TempDir()
	train := func(data string) []string {
		return []string{"train", "--arch", "svhn32", "--width", "2", "--batch", "4", "--channels", "1", "--steps", "2", "--data", data, "--out", filepath.Join(dir, "run")}
	}
	_, _, stderr := cli(t, train("folder:"+set)...)
	if !strings.Contains(stderr, `data prepare SET --size 32 --channels 1 --out DIR`) {
		t.Fatalf("the error names no command that makes grey images: %q", stderr)
	}
	prepared := filepath.Join(dir, "prepared")
	must(t, "data", "prepare", "folder:"+set, "--size", "32", "--channels", "1", "--out", prepared)
	shape, pixels, err := npy.Read[uint8](filepath.Join(prepared, "train_images.npy"))
	if err != nil || len(shape) != 4 || shape[3] != 1 {
		t.Fatalf("shape %v, error %v, want one channel", shape, err)
	}
	for i, c := range colours { // class a comes first, its files in order
		if got := pixels[i*32*32]; got != c.grey {
			t.Errorf("colour %v becomes %d, want %d", c.c, got, c.grey)
		}
	}
	must(t, train("prepared:"+prepared)...)
	if status, _, stderr := cli(t, "data", "prepare", "folder:"+set, "--size", "32", "--channels", "3", "--out", prepared); status == 0 || !strings.Contains(stderr, "channels") {
		t.Errorf("a folder with other channels is taken for the same: status %d, %q", status, stderr)
	}
	if status, _, stderr := cli(t, "data", "prepare", "folder:"+set, "--size", "32", "--channels", "2", "--out", filepath.Join(dir, "two")); status != 2 || !strings.Contains(stderr, "2 channels") {
		t.Errorf("two channels: status %d, %q", status, stderr)
	}
}

func writePlainPNG(t *testing.T, path string, c color.Color) {
	t.Helper()
	var im interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewRGBA(image.Rect(0, 0, 28, 28))
	if _, ok := c.(color.Gray); ok {
		im = image.NewGray(image.Rect(0, 0, 28, 28))
	}
	for y := range 28 {
		for x := range 28 {
			im.Set(x, y, c)
		}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, im); err != nil {
		t.Fatal(err)
	}
}
