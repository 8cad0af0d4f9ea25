package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// photos writes photographs of many sizes, of two classes and two splits.
func photos(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for i, name := range []string{"train/a/1.jpg", "train/a/2.jpg", "train/b/1.jpg", "train/b/2.jpg", "train/b/3.jpg", "test/a/1.jpg", "test/b/1.jpg", "test/b/2.jpg"} {
		m := image.NewRGBA(image.Rect(0, 0, 40+7*i, 64-3*i))
		for p := range m.Rect.Dx() * m.Rect.Dy() {
			m.SetRGBA(p%m.Rect.Dx(), p/m.Rect.Dx(), color.RGBA{uint8(p * (i + 1)), uint8(p / 50), uint8(40 * i), 255})
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, nil); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return "folder:" + root
}

// runs executes a command line, which must give that status, and returns both streams.
func runs(t *testing.T, status int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	if got := run(context.Background(), append(args, "--backend", "cpu", "--quiet", "--cache", t.TempDir()), &out, &log); got != status {
		t.Fatalf("%v: status %d, want %d: %s", args, got, status, log.String())
	}
	return out.String(), log.String()
}

// A folder of photographs of any sizes is evaluated with a network's own crop in one command: layers,
// pictures of mistakes, shared files and the cost are there.
func TestAnySizeCommands(t *testing.T) {
	net := "onnx:" + filepath.Join("..", "..", "features", "internal", "onnx", "testdata", "convnet.onnx")
	data := photos(t)
	dir := filepath.Join(t.TempDir(), "f")
	text, _ := runs(t, 0, "extract", "--encoder", net+",crop=center,shorter=36,output=y0+y1", "--grid", "1", "--data", data, "--out", dir)
	for _, want := range []string{"y0     1×1×10", "y1     1×1×12", "shorter=36, crop=center, resize=bilinear, round=8bit", "million multiply-adds per image"} {
		if !strings.Contains(text, want) {
			t.Errorf("extract prints no %q:\n%s", want, text)
		}
	}
	text, _ = runs(t, 0, "eval", "linear", "--features", dir, "--per-layer", "--C", "1", "--json")
	for _, want := range []string{`"y0"`, `"y1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("eval linear has no layer %s:\n%.2000s", want, text)
		}
	}
	_, log := runs(t, 2, "eval", "linear", "--features", dir, "--layers", "y0")
	if !strings.Contains(log, "made already; --per-layer evaluates each") {
		t.Errorf("--layers with features: %q", log)
	}
	_, log = runs(t, 2, "eval", "knn", "--features", dir, "--layers", "y0")
	if strings.Contains(log, "--per-layer") {
		t.Errorf("eval knn has no --per-layer: %q", log)
	}
	record := filepath.Join(t.TempDir(), "records.jsonl")
	runs(t, 0, "eval", "linear", "--encoder", net+",crop=center,shorter=36", "--data", data, "--C", "1", "--record", record)
	line, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"multiply_adds":216376`, `"images_per_second":`, `"gflops":`, `"batch":16`} {
		if !strings.Contains(string(line), want) {
			t.Errorf("the record has no %s:\n%.3000s", want, line)
		}
	}
	_, log = runs(t, 2, "extract", "--encoder", net+",crop=left", "--data", data, "--out", dir)
	if !strings.Contains(log, "crop=left: want center or no") {
		t.Errorf("error %q", log)
	}
	_, log = runs(t, 1, "extract", "--encoder", net, "--data", data, "--out", filepath.Join(t.TempDir(), "f"))
	for _, want := range []string{"pixels and", "data prepare", "preset=NAME or crop=center"} {
		if !strings.Contains(log, want) {
			t.Errorf("images of several sizes: the error has no %q: %q", want, log)
		}
	}
	_, log = runs(t, 1, "extract", "--encoder", "pixels", "--data", data, "--out", filepath.Join(t.TempDir(), "f"))
	if strings.Contains(log, "crop=center") {
		t.Errorf("pixels cannot crop: %q", log)
	}
	if text, _ = runs(t, 0, "extract", "--encoder", net+",output=?"); !strings.Contains(text, "N×10         y0 (Gemm, an output)") {
		t.Errorf("output=? prints\n%s", text)
	}
	if text, _ = runs(t, 0, "extract", "--encoder", net+",preset=imagenet,output=?"); !strings.Contains(text, "y0 (Gemm, an output)") {
		t.Errorf("output=? with a preset for images of another size prints\n%s", text)
	}
	if text, _ = runs(t, 0, "eval", "knn", "--encoder", net+",preset=?", "--json"); !strings.Contains(text, `"name": "dinov2"`) {
		t.Errorf("preset=? prints\n%.500s", text)
	}
}
