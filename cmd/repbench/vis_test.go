package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/vis"
)

const tinySVHN, tinyUniform = "random:svhn32,width=1", "random:imagenet32,width=1"

// figure runs a command of vis with --json in a folder of its own, and returns what it prints.
func figure(t *testing.T, dir string, args ...string) vis.Result {
	t.Helper()
	var r vis.Result
	if err := json.Unmarshal([]byte(must(t, append([]string{"--cache", filepath.Join(dir, "cache"), "vis", "--json"}, args...)...)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Each command prints its scores with controls, its settings and its files, and the files are there.
func TestVisCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	records := at("records.jsonl")
	for _, tt := range []struct {
		name   string
		args   []string
		score  string
		shape  []int
		beside []string
	}{
		{"grid", []string{"--n", "12", "--save-z", at("z.npy")}, "nearest_pair_rms", []int{12, 32, 32, 3}, []string{"grid.json"}},
		{"walk", []string{"--points", "3", "--steps", "4", "--snap", "20"}, "largest_step_p95", []int{9, 32, 32, 3}, []string{"walk.json", "walk.webp"}},
		{"arithmetic", []string{"--a", "0,1", "--b", "2-4", "--c", "5", "--neighbours", "2"}, "sharpness", []int{6 + 3, 32, 32, 3}, []string{"arithmetic.json"}},
		{"turn", []string{"--left", "0,1", "--right", "2,3", "--bases", "2", "--steps", "5"}, "toward_left", []int{10, 32, 32, 3}, []string{"turn.json", "turn.webp"}},
	} {
		args := append([]string{tt.name, tinySVHN, "--out", at(tt.name + ".png"), "--npy", at(tt.name + ".npy"), "--record", records}, tt.args...)
		r := figure(t, dir, args...)
		s, ok := r.Score(tt.score)
		if !ok || s.Control == nil || s.N < 1 || r.Figure != tt.name || len(r.Settings) == 0 {
			t.Errorf("%s: %+v", tt.name, r)
		}
		for _, f := range append(tt.beside, tt.name+".png", tt.name+".npy") {
			if _, err := os.Stat(at(f)); err != nil || !slices.Contains(r.Files, at(f)) {
				t.Errorf("%s: %s is not written or not named in %v (%v)", tt.name, f, r.Files, err)
			}
		}
		if shape, _, err := npy.Read[float32](at(tt.name + ".npy")); err != nil || !slices.Equal(shape, tt.shape) {
			t.Errorf("%s: images of the shape %v, want %v (%v)", tt.name, shape, tt.shape, err)
		}
	}
	must(t, "report", records, "--out", at("report"))
	html, err := os.ReadFile(at("report/index.html"))
	if err != nil || strings.Count(string(html), "data:image/png;base64") < 4 || !strings.Contains(string(html), "vis turn") {
		t.Errorf("the report lacks figures (%v)", err)
	}
}

// The numbers of a sheet mean the same images in all commands, drawn or saved.
func TestVisNumbers(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(at("cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	figure(t, dir, "grid", tinySVHN, "--n", "9", "--save-z", at("z.npy"), "--npy", at("grid.npy"), "--seed", "7")
	figure(t, dir, "walk", tinySVHN, "--through", "8,2", "--steps", "2", "--snap", "0", "--npy", at("drawn.npy"), "--seed", "7")
	figure(t, dir, "walk", tinySVHN, "--through", "8,2", "--steps", "2", "--snap", "0", "--z", at("z.npy"), "--npy", at("saved.npy"), "--seed", "7")
	grid, drawn, saved := readImages(t, at("grid.npy")), readImages(t, at("drawn.npy")), readImages(t, at("saved.npy"))
	if !slices.Equal(drawn, saved) {
		t.Error("a saved sheet gives another walk")
	}
	size := 32 * 32 * 3
	for i, v := range drawn[:size] {
		if math.Abs(float64(v-grid[8*size+i])) > 1e-5 {
			t.Fatalf("the walk begins with another image than number 8 of the grid: pixel %d is %g, want %g", i, v, grid[8*size+i])
		}
	}
}

func readImages(t *testing.T, path string) []float32 {
	t.Helper()
	_, data, err := npy.Read[float32](path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Hostile input is a clear message, before or instead of a figure.
func TestVisErrors(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	z := make([]float32, 3*256)
	write := func(name string, shape []int, bad float32) string {
		v := slices.Clone(z)
		v[5] = bad
		if err := npy.Write(at(name), shape, v); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	outside, broken := write("outside.npy", []int{3, 256}, 1.25), write("nan.npy", []int{3, 256}, float32(math.NaN()))
	good, narrow := write("good.npy", []int{3, 256}, 0.5), write("narrow.npy", []int{6, 128}, 0.5)
	auto := filepath.Join(dir, "auto")
	if err := os.Mkdir(auto, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(auto, "config.json"), []byte(`{"arch":"autoencoder"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, "extract", "--encoder", "pixels", "--data", "shapes:size=16,train=20,test=10", "--out", at("features"))
	png := at("x.png")
	for _, tt := range []struct {
		want   string
		status int
		args   []string
	}{
		{"outside [-1, 1]", 1, []string{"walk", tinyUniform, "--z", outside, "--out", png}},
		{"NaN", 1, []string{"walk", tinyUniform, "--z", broken, "--out", png}},
		{"N×256", 1, []string{"walk", tinyUniform, "--z", narrow, "--out", png}},
		{"at least 2 points", 2, []string{"walk", tinySVHN, "--points", "1", "--out", png}},
		{"0 steps", 2, []string{"walk", tinySVHN, "--steps", "0", "--out", png}},
		{"use lerp or slerp", 2, []string{"walk", tinySVHN, "--path", "round", "--out", png}},
		{"--points is for points", 2, []string{"walk", tinyUniform, "--z", good, "--points", "4", "--out", png}},
		{"numbered 0 to 63", 2, []string{"arithmetic", tinySVHN, "--a", "64", "--b", "1", "--c", "2", "--out", png}},
		{"numbered 0 to 2", 2, []string{"arithmetic", tinyUniform, "--z", good, "--a", "3", "--b", "1", "--c", "2", "--out", png}},
		{"numbers are rows of that file", 2, []string{"arithmetic", tinyUniform, "--z", good, "--a", "3", "--b", "1", "--c", "2", "--out", png}},
		{"no list of numbers", 2, []string{"turn", tinySVHN, "--left", "1;2", "--right", "3", "--out", png}},
		{"--a, --b and --c", 2, []string{"arithmetic", tinySVHN, "--a", "1", "--out", png}},
		{"vis grid", 2, []string{"arithmetic", tinySVHN, "--out", png}},
		{"3×K×256", 1, []string{"arithmetic", tinyUniform, "--z", good, "--out", png}},
		{"have the same mean", 2, []string{"turn", tinySVHN, "--left", "1", "--right", "1", "--out", png}},
		{"both sides", 2, []string{"turn", tinySVHN, "--left", "1", "--out", png}},
		{"trained on shapes", 2, []string{"turn", tinySVHN, "--left", "1", "--right", "2", "--factors", "--out", png}},
		{"fixed or batch", 2, []string{"grid", tinySVHN, "--bn", "running", "--out", png}},
		{"2 to 10000", 2, []string{"grid", tinySVHN, "--n", "1", "--out", png}},
		{"give --out", 2, []string{"grid", tinySVHN}},
		{"ends in .png", 2, []string{"grid", tinySVHN, "--out", at("x.gif")}},
		{"would replace", 2, []string{"grid", tinyUniform, "--z", good, "--npy", good}},
		{"no DCGAN", 2, []string{"walk", "pixels", "--out", png}},
		{"no DCGAN", 2, []string{"turn", "onnx:model.onnx", "--left", "1", "--right", "2", "--out", png}},
		{"not of a DCGAN", 1, []string{"grid", auto, "--out", png}},
		{"config.json", 1, []string{"grid", at("features"), "--out", png}},
		{"wants images of 32×32×3", 1, []string{"walk", tinySVHN, "--data", "shapes:size=16,train=20,test=10", "--out", png}},
	} {
		status, _, stderr := cli(t, append([]string{"vis"}, tt.args...)...)
		if status != tt.status || !strings.Contains(stderr, tt.want) {
			t.Errorf("vis %s: status %d, want %d with %q:\n%s", strings.Join(tt.args, " "), status, tt.status, tt.want, stderr)
		}
	}
	if _, err := os.Stat(png); err == nil {
		t.Error("a figure was written")
	}
}

// Arithmetic that leaves a uniform prior is warned of, and cut with --clip.
func TestVisClip(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"arithmetic", tinyUniform, "--a", "0", "--b", "1", "--c", "2", "--neighbours", "0", "--npy", filepath.Join(dir, "x.npy")}
	if r := figure(t, dir, args...); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "--clip") {
		t.Errorf("warnings %q", r.Warnings)
	}
	if r := figure(t, dir, append(args, "--clip")...); len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "were cut") {
		t.Errorf("with --clip: warnings %q", r.Warnings)
	}
}
