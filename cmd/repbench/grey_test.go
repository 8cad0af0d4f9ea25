package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/reports"
)

// greyFolder writes w×h grey PNG files, 8 training and 4 test images of two classes.
func greyFolder(t *testing.T, w, h int) string {
	t.Helper()
	root := t.TempDir()
	for i := range 12 {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for p := range m.Pix {
			m.Pix[p] = uint8(p*(i%2+1) + 20*i)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		split := "train"
		if i >= 8 {
			split = "test"
		}
		dir := filepath.Join(root, split, fmt.Sprint("class", i%2))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".png")), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestGreyImages takes grey images as they are through every command that wants an
// architecture.
func TestGreyImages(t *testing.T) {
	set := "folder:" + greyFolder(t, 32, 32)
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	train := []string{"train", "--arch", "svhn32", "--width", "1", "--batch", "4", "--data", set, "--out", run}
	if status, _, errs := cli(t, append(train, "--steps", "2")...); status == 0 || !strings.Contains(errs, "as they are with --channels 1") {
		t.Fatalf("status %d, %s", status, errs)
	}
	train = append(train, "--channels", "1", "--steps")
	must(t, append(train, "2")...)
	if r := document(t, append(train, "4")...); r["resumed_at"] != 2.0 {
		t.Fatalf("resumed: %v", r)
	}
	array := filepath.Join(dir, "images.npy")
	must(t, "sample", run, "--n", "3", "--npy", array, "--out", filepath.Join(dir, "sheet.png"))
	if shape, _, err := npy.Read[float32](array); err != nil || fmt.Sprint(shape) != "[3 32 32 1]" {
		t.Fatalf("samples of %v, %v", shape, err)
	}
	for i, encoder := range []string{"dcgan:" + run, "random:svhn32,width=1,channels=1"} {
		out := filepath.Join(dir, fmt.Sprint("features", i))
		must(t, "extract", "--encoder", encoder, "--data", set, "--out", out)
		if shape, _, err := npy.Read[float32](filepath.Join(out, "train_features.npy")); err != nil || fmt.Sprint(shape) != "[8 112]" { // 4·4·(1+2+4)
			t.Fatalf("%s: features of %v, %v", encoder, shape, err)
		}
	}
	search := filepath.Join(dir, "search")
	supervised := []string{"eval", "supervised", "--arch", "svhn32", "--width", "1", "--data", set, "--out", search, "--trials", "1", "--steps", "1", "--batch", "2"}
	if status, _, errs := cli(t, supervised...); status == 0 || !strings.Contains(errs, "as they are with --channels 1") {
		t.Fatalf("status %d, %s", status, errs)
	}
	must(t, append(supervised, "--channels", "1")...)
	records, err := reports.Load([]string{filepath.Join(search, "records.jsonl")})
	if err != nil || records.Records[0].Encoder.Spec != "supervised:svhn32,width=1,channels=1" {
		t.Fatalf("%+v, %v", records, err)
	}
	must(t, "train", "autoencoder", "--data", set, "--out", filepath.Join(dir, "ae"), "--hidden", "3", "--steps", "1", "--batch", "4")
	must(t, "extract", "--encoder", "autoencoder:"+filepath.Join(dir, "ae"), "--data", set, "--out", filepath.Join(dir, "codes"))
}

// TestUnfitImages: what is said about images of another size and number of channels
// works.
func TestUnfitImages(t *testing.T) {
	set := "folder:" + greyFolder(t, 28, 20)
	train := []string{"train", "--arch", "svhn32", "--width", "1", "--batch", "4", "--steps", "1", "--out", filepath.Join(t.TempDir(), "run"), "--data"}
	const next = `"repbench data prepare SET --size 32 --out DIR"`
	if status, _, errs := cli(t, append(train, set)...); status == 0 || !strings.Contains(errs, next) || !strings.Contains(errs, "20×28×1") {
		t.Fatalf("status %d, %s", status, errs)
	}
	prepared := filepath.Join(t.TempDir(), "p")
	must(t, "data", "prepare", set, "--size", "32", "--out", prepared)
	must(t, append(train, "prepared:"+prepared)...)

	for encoder, want := range map[string]string{
		"random:svhn32,width=1":            "random:svhn32,width=1,channels=1",
		"random:svhn32,width=1,channels=1": `"repbench data prepare SET --size 32 --channels 1 --out DIR"`,
	} {
		status, _, errs := cli(t, "extract", "--encoder", encoder, "--data", set, "--out", filepath.Join(t.TempDir(), "f"))
		if status == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: status %d, %s; want %q", encoder, status, errs, want)
		}
	}
	for _, args := range [][]string{
		append([]string{"--channels", "2"}, "--arch", "svhn32", "--data", "shapes", "--steps", "1", "--out", "x"),
		{"--channels", "0", "--arch", "svhn32", "--data", "shapes", "--steps", "1", "--out", "x"},
	} {
		if status, _, errs := cli(t, append([]string{"train"}, args...)...); status != 2 || !strings.Contains(errs, "1 (grey) or 3 (RGB)") {
			t.Errorf("%v: status %d, %s", args, status, errs)
		}
	}
}
