package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// imageFiles writes six images of 32×32×3 as bytes, and as floats in [-1, 1], and returns the paths.
func imageFiles(t *testing.T, dir string) (bytes, floats string) {
	t.Helper()
	px := make([]uint8, 6*32*32*3)
	signed := make([]float32, len(px))
	for i := range px {
		px[i] = uint8(i * 2654435761 >> 11)
		signed[i] = float32(px[i])/127.5 - 1
	}
	bytes, floats = filepath.Join(dir, "x.npy"), filepath.Join(dir, "f.npy")
	if err := npy.Write(bytes, []int{6, 32, 32, 3}, px); err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(floats, []int{6, 32, 32, 3}, signed); err != nil {
		t.Fatal(err)
	}
	return bytes, floats
}

// wrote fails the test unless the files of a figure are there.
func wrote(t *testing.T, r map[string]any) {
	t.Helper()
	for _, f := range r["files"].([]any) {
		if _, err := os.Stat(f.(string)); err != nil {
			t.Error(err)
		}
	}
}

// Bytes and floats of the same pictures give one figure, with scores, controls and settings.
func TestVisFilters(t *testing.T) {
	dir := t.TempDir()
	bytes, floats := imageFiles(t, dir)
	var values []any
	for _, x := range []string{bytes, floats} {
		r := document(t, "vis", "filters", "random:svhn32,width=4", "--images", x, "--bn", "batch", "--maps", "1,3", "--rule", "leaky", "--top", "2", "--layer", "conv2",
			"--out", filepath.Join(dir, "filters.png"), "--record", filepath.Join(dir, "records.jsonl"))
		wrote(t, r)
		for _, name := range []string{"correlation", "selectivity", "kurtosis"} {
			if at(r, "scores", name, "value") == nil || at(r, "scores", name, "control") == nil || at(r, "scores", name, "n") == nil {
				t.Errorf("no %s: %v", name, r["scores"])
			}
		}
		if at(r, "settings", "rule") != "leaky" || at(r, "settings", "layer") != "conv2" || at(r, "settings", "maps") != "1,3" || at(r, "settings", "receptive_field") != "13×13" {
			t.Errorf("settings %v", r["settings"])
		}
		values = append(values, at(r, "scores", "correlation", "value"))
	}
	if values[0] != values[1] {
		t.Errorf("correlations %v of the same pictures", values)
	}
}

func TestVisFiltersErrors(t *testing.T) {
	dir := t.TempDir()
	x, _ := imageFiles(t, dir)
	nan := filepath.Join(dir, "nan.npy")
	if err := npy.Write(nan, []int{1, 32, 32, 3}, append(make([]float32, 32*32*3-1), float32(math.NaN()))); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(dir, "small.npy")
	if err := npy.Write(small, []int{2, 16, 16, 3}, make([]uint8, 2*16*16*3)); err != nil {
		t.Fatal(err)
	}
	grey := filepath.Join(dir, "grey.npy")
	if err := npy.Write(grey, []int{2, 28, 28, 1}, make([]uint8, 2*28*28)); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "f.png")
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"onnx:net.onnx: a network from an ONNX file is run as it is, without gradients; guided backpropagation works for", []string{"onnx:net.onnx", "--images", x}},
		{"pixels: the encoder pixels has no discriminator with convolution layers", []string{"pixels", "--images", x}},
		{"pca:8: the encoder pca has no discriminator", []string{"pca:8", "--images", x}},
		{"keeps no statistics of the discriminator's batch normalisation: give --data SET", []string{"random:svhn32,width=2", "--images", x}},
		{"no map 99: conv3 has the maps 0 to 7", []string{"random:svhn32,width=2", "--images", x, "--bn", "batch", "--maps", "99"}},
		{`"one" is no number of a map`, []string{"random:svhn32,width=2", "--images", x, "--maps", "one"}},
		{`unknown rule "guided"`, []string{"random:svhn32,width=2", "--images", x, "--rule", "guided"}},
		{`no layer "conv7"`, []string{"random:svhn32,width=2", "--images", x, "--bn", "batch", "--layer", "conv7"}},
		{"image 0 holds the value NaN", []string{"random:svhn32,width=2", "--images", nan, "--bn", "batch"}},
		{"svhn32 wants images of 32×32×3", []string{"random:svhn32,width=2", "--images", small, "--bn", "batch"}},
		{"becomes RGB by np.repeat(x, 3, axis=3)", []string{"random:svhn32,width=2", "--images", grey, "--bn", "batch"}},
		{"opened as cifar10=PATH", []string{"random:svhn32,width=2", "--images", "cifar10"}},
		{"opened as mnist=PATH", []string{"random:svhn32,width=2", "--images", "mnist"}},
		{"give it as folder:", []string{"random:svhn32,width=2", "--images", dir}},
		{"--images is required", []string{"random:svhn32,width=2"}},
	} {
		status, _, text := cli(t, append([]string{"vis", "filters", "--out", out}, tt.args...)...)
		if status == 0 || !strings.Contains(text, tt.want) || strings.Contains(text, "--channels") {
			t.Errorf("%v: status %d, %s, want %q", tt.args, status, text, tt.want)
		}
	}
}

// An inversion writes its z, from which sample makes the images again, and the same command finds
// its finished batches.
func TestVisInvert(t *testing.T) {
	dir := t.TempDir()
	x, _ := imageFiles(t, dir)
	z := filepath.Join(dir, "z.npy")
	var scores []any
	for range 2 {
		r := document(t, "vis", "invert", "random:svhn32,width=2", "--images", x, "--n", "3", "--steps", "5", "--restarts", "2", "--cache", filepath.Join(dir, "cache"),
			"--out", filepath.Join(dir, "invert.png"), "--npy", z, "--record", filepath.Join(dir, "records.jsonl"))
		wrote(t, r)
		for _, name := range []string{"psnr", "gap", "norm"} {
			if at(r, "scores", name, "value") == nil || at(r, "scores", name, "n") == nil {
				t.Errorf("no %s: %v", name, r["scores"])
			}
		}
		if at(r, "scores", "psnr", "control") == nil || at(r, "settings", "lambda") != 0.01 || at(r, "settings", "steps") != 5.0 || at(r, "settings", "restarts") != 2.0 {
			t.Errorf("%v", r)
		}
		scores = append(scores, at(r, "scores", "psnr", "value"))
	}
	if scores[0] != scores[1] {
		t.Errorf("psnr %v of the same command", scores)
	}
	if shape, _, err := npy.Read[float32](z); err != nil || len(shape) != 2 || shape[0] != 6 || shape[1] != 100 {
		t.Errorf("z of shape %v, %v", shape, err)
	}
	if batches, _ := filepath.Glob(filepath.Join(dir, "cache", "inversions", "*", "*.npy")); len(batches) != 2 {
		t.Errorf("kept batches %v, want two", batches)
	}
	must(t, "vis", "invert", "random:svhn32,width=2", "--images", x, "--z0", z, "--n", "2", "--steps", "1", "--cache", filepath.Join(dir, "cache"), "--npy", filepath.Join(dir, "z2.npy"))
}

// Training images stand against held-out ones where the data of the training are named.
func TestVisInvertMemory(t *testing.T) {
	dir := t.TempDir()
	r := document(t, "vis", "invert", "random:svhn32,width=2", "--data", "shapes", "--n", "3", "--steps", "2", "--restarts", "1", "--cache", filepath.Join(dir, "cache"), "--out", filepath.Join(dir, "i.png"))
	if at(r, "scores", "train_gap", "value") == nil || at(r, "scores", "train_gap", "n") != 6.0 || at(r, "settings", "memorisation_images") != "3 of shapes/train, 3 of shapes/test" {
		t.Errorf("%v", r)
	}
}

func TestVisInvertErrors(t *testing.T) {
	dir := t.TempDir()
	x, _ := imageFiles(t, dir)
	short := filepath.Join(dir, "short.npy")
	if err := npy.Write(short, []int{4, 100}, make([]float32, 400)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"no DCGAN, which alone makes images", []string{"pixels", "--images", x}},
		{"give the images to invert", []string{"random:svhn32,width=2"}},
		{"z0 has 400 values; 6 images want 6×100", []string{"random:svhn32,width=2", "--images", x, "--z0", short}},
		{"N×256", []string{"random:imagenet32,width=2", "--images", x, "--z0", short}},
		{"lambda -1 must be 0 or more", []string{"random:svhn32,width=2", "--images", x, "--lambda", "-1"}},
		{"dcgan64 wants images of 64×64×3", []string{"random:dcgan64,width=2", "--images", x}},
		{"--z0 holds the starts of --images", []string{"random:svhn32,width=2", "--data", "shapes", "--z0", short}},
		{"2 images or more", []string{"random:svhn32,width=2", "--images", x, "--n", "1"}},
		{"--restarts", []string{"random:svhn32,width=2", "--images", x, "--restarts", "0"}},
	} {
		args := append([]string{"vis", "invert", "--out", filepath.Join(dir, "i.png"), "--cache", filepath.Join(dir, "cache")}, tt.args...)
		if status, _, text := cli(t, args...); status == 0 || !strings.Contains(text, tt.want) {
			t.Errorf("%v: status %d, %s, want %q", tt.args, status, text, tt.want)
		}
	}
}
