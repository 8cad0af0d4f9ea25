package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stand makes a file with its folders; what it holds does not matter where a command must not begin.
func stand(t *testing.T, path string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// No output of a command takes the place of what it reads: a run folder, released weights, a data set
// of files or pictures, entries of the cache, labels.
func TestOutputsReplaceNothing(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, name := range []string{"run/config.json", "run/checkpoints/step-00000006/state.json", "th/200_gen_params.jl_01.npy", "m/t10k-labels-idx1-ubyte",
		"pics/test/a/0.png", "pics/train/a/1.png", "cache/generator/0123/statistics.npy", "labels.npy", "net.onnx", "net.onnx.data", "images/5.png", "x.json"} {
		stand(t, at(name))
	}
	const m = "random:svhn32,width=1"
	samples := "eval nnc --samples S.npy --sample-labels L.npy --n 100 --data mnist=m --nearest "
	nnc := "eval nnc --run run --n 200 --data mnist=m --nearest "
	for _, tt := range []struct{ file, args string }{
		{"run/config.json", nnc}, {"run/checkpoints/step-00000006/state.json", nnc}, {"m/t10k-labels-idx1-ubyte", samples},
		{"cache/generator/0123/statistics.npy", samples},
		{"th/200_gen_params.jl_01.npy", "vis grid theano:th --n 4 --npy "}, {"th/200_gen_params.jl_01.npy", "sample theano:th --npy "},
		{"th/200_gen_params.jl_01.npy", "vis forget theano:th --boxes b.json --out p.png --save-boxes "},
		{"th/200_gen_params.jl_01.npy", "explore theano:th --boxes "}, {"th/200_gen_params.jl_01.npy", "eval linear --encoder theano:th --data shapes --predictions "},
		{"th/200_gen_params.jl_01.npy", "memorization --run theano:th --data shapes --scores "},
		{"pics/test/a/0.png", "vis filters " + m + " --images folder:pics --out "}, {"pics/test/a/0.png", "vis filters " + m + " --images X.npy --data folder:pics --out "},
		{"pics/train/a/1.png", "vis walk " + m + " --data folder:pics --out "},
		{"pics/train/a/1.png", "vis arithmetic " + m + " --a 1 --b 2 --c 3 --data folder:pics --npy "},
		{"pics/train/a/1.png", "vis invert " + m + " --data folder:pics --out "}, {"pics/train/a/1.png", "eval knn --encoder pixels --data folder:pics --predictions "},
		{"pics/train/a/1.png", "memorization --images images --data folder:pics --scores "}, {"images/5.png", "memorization --images images --data shapes --scores "},
		{"labels.npy", "sample " + m + " --labels labels.npy --npy "}, {"labels.npy", "sample " + m + " --out x.png --labels labels.npy --labels-out "},
		{"net.onnx.data", "eval linear --encoder onnx:net.onnx --data shapes --predictions "}, {"net.onnx", "eval linear --encoder onnx:net.onnx,output=y --data shapes --predictions "},
		{"cache/generator/0123/statistics.npy", "vis grid " + m + " --save-z "}, {"labels.npy", "quality --real a.npy --gen b.npy --metrics kid,precision --kid-rows labels.npy,c.npy --realism "},
	} {
		args := append(strings.Fields(tt.args), tt.file, "--cache", "cache")
		if strings.Contains(tt.args, "--save-z") {
			args = append(args, "--npy", "free.npy")
		}
		t.Chdir(dir)
		wantKept(t, 2, "would replace", tt.file, args...)
	}
	for _, args := range []string{
		"vis grid " + m + " --n 8 --npy x.npy --save-z x.npy", "vis forget " + m + " --boxes b.json --out x.png --save-boxes x.json",
		"vis grid " + m + " --out x.png --npy x.json", "eval nnc --run run --n 2 --data mnist=m --nearest x.json --record x.json",
		"quality --real a.npy --gen b.npy --metrics precision --realism x.json --record x.json",
		"sample " + m + " --out x.json --npy ./x.json",
	} {
		wantKept(t, 2, "name the same file", "x.json", strings.Fields(args)...)
	}
}

// A damaged config.json is named, also where a flag is for runs of one model.
func TestSampleDamagedConfig(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	stand(t, filepath.Join(run, "config.json"))
	if err := os.WriteFile(filepath.Join(run, "config.json"), []byte("\x93NUMPY"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, labels := range []string{"uniform", ""} {
		args := []string{"sample", run, "--npy", filepath.Join(t.TempDir(), "x.npy")}
		if labels != "" {
			args = append(args, "--labels", labels)
		}
		if status, _, stderr := cli(t, args...); status != 1 || !strings.Contains(stderr, "config.json") || !strings.Contains(stderr, "damaged") {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
}
