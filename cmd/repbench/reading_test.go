package main

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sideways is a folder of JPEG files, two in three of which say that they lie on their
// side, with one class folder that is a link.
func sideways(t *testing.T) string {
	t.Helper()
	root, store := t.TempDir(), t.TempDir()
	for i := range 12 {
		m := image.NewGray(image.Rect(0, 0, 32, 32))
		for j := range m.Pix {
			m.Pix[j] = uint8(j/32*7 + i)
		}
		c := image.NewRGBA(m.Rect)
		for j, v := range m.Pix {
			c.SetRGBA(j%32, j/32, color.RGBA{v, 255 - v, uint8(9 * i), 255})
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, c, nil); err != nil {
			t.Fatal(err)
		}
		data := b.Bytes()
		if i%3 > 0 { // orientation 6
			app1 := []byte("\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00")
			data = slices.Concat(data[:2], app1, data[2:])
		}
		dir := filepath.Join(root, []string{"train", "test"}[i/6], "a")
		if i%2 == 1 {
			dir = filepath.Join(store, []string{"train", "test"}[i/6])
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, string(rune('a'+i))+".jpg"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, split := range []string{"train", "test"} {
		if err := os.Symlink(filepath.Join(store, split), filepath.Join(root, split, "b")); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Links are followed and images turned where that is asked for; that some lie on their
// side is said once; features of turned images have another key.
func TestReadingFlags(t *testing.T) {
	set := "folder:" + sideways(t)
	run := func(flags ...string) (stderr string, key any) {
		args := append([]string{"extract", "--encoder", "pixels", "--data", set, "--out", t.TempDir(), "--json"}, flags...)
		status, _, stderr := cli(t, args...)
		if status != 0 {
			return stderr, nil
		}
		return stderr, document(t, args...)["cache_key"]
	}
	stderr, key := run()
	if key != nil || !strings.Contains(stderr, "--follow-links") {
		t.Errorf("without a flag: %s", stderr)
	}
	stored, storedKey := run("--follow-links")
	turned, turnedKey := run("--follow-links", "--exif-rotate")
	if strings.Count(stored, "8 of 12 images have an EXIF orientation") != 1 || !strings.Contains(stored, "--exif-rotate turns them") {
		t.Errorf("as they are stored: %s", stored)
	}
	if strings.Count(turned, "8 of 12 images have an EXIF orientation") != 1 || !strings.Contains(turned, "were turned") {
		t.Errorf("turned: %s", turned)
	}
	if storedKey == nil || turnedKey == nil || storedKey == turnedKey {
		t.Errorf("the keys are %v and %v", storedKey, turnedKey)
	}
}

// Every command that opens a set of images has both flags.
func TestReadingFlagsEverywhere(t *testing.T) {
	set, dir := "folder:"+sideways(t), t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, args := range [][]string{
		{"data", "prepare", set, "--size", "8", "--out", at("prepared")},
		{"data", "dedup", "--data", set, "--method", "exact", "--out", at("dedup")},
		{"eval", "knn", "--k", "1", "--encoder", "pixels", "--data", set, "--features", at("features")},
		{"train", "autoencoder", "--data", set, "--out", at("autoencoder"), "--steps", "1", "--hidden", "4", "--batch", "2"},
	} {
		status, _, stderr := cli(t, append(args, "--follow-links", "--exif-rotate")...)
		if status != 0 || strings.Count(stderr, "were turned by it") != 1 {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
	for _, args := range [][]string{{"eval", "linear"}, {"eval", "fewshot"}, {"eval", "supervised"}, {"train"}, {"extract"}} {
		if help := must(t, append(args, "--help")...); !strings.Contains(help, "--exif-rotate") || !strings.Contains(help, "--follow-links") {
			t.Errorf("%v has no such flags", args)
		}
	}
}
