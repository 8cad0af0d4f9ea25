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
	"repbench/internal/testenv"
	"repbench/reports/record"
)

// writeNPY writes a NumPy file and returns its path.
func writeNPY[T npy.Elem](t *testing.T, dir, name string, shape []int, data []T) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := npy.Write(path, shape, data); err != nil {
		t.Fatal(err)
	}
	return path
}

// nncPrinted is what eval nnc prints with --json.
type nncPrinted struct {
	Results []struct {
		N      int
		Errors int
		Error  float64
		CI95   [2]float64
		NND    float64
	}
	Real []struct {
		Rows      string
		N, Errors int
	}
	Warnings []string
}

func printed(t *testing.T, args ...string) (p nncPrinted) {
	t.Helper()
	if err := json.Unmarshal([]byte(must(t, append(args, "--json")...)), &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestNNCGolden: the counts of errors and the nearest samples of the reference.
func TestNNCGolden(t *testing.T) {
	g := testenv.Path(t, "golden", "mnist_cond")
	file := func(name string) string { return filepath.Join(g, name+".npy") }
	dir := t.TempDir()
	nearest, records := filepath.Join(dir, "near.npy"), filepath.Join(dir, "records.jsonl")
	p := printed(t, "eval", "nnc", "--samples", file("samples"), "--sample-labels", file("sample_labels"), "--n", "600,100,300",
		"--test-x", file("test_u8"), "--test-y", file("test_labels"), "--nearest", nearest, "--record", records)
	for i, want := range []struct {
		n, errors int
		nnd       float64
	}{{600, 155, 6.48256851454647}, {100, 261, 7.260558424606844}, {300, 177, 6.730774562104874}} {
		if r := p.Results[i]; r.N != want.n || r.Errors != want.errors || math.Abs(r.NND-want.nnd) > 1e-9 || !(r.CI95[0] < r.Error && r.Error < r.CI95[1]) {
			t.Errorf("%+v, want %+v", r, want)
		}
	}
	shape, rows, err := npy.Read[int32](nearest)
	if err != nil || !slices.Equal(shape, []int{3, 500}) {
		t.Fatalf("%v, %v", shape, err)
	}
	for i, name := range []string{"nearest_600", "nearest_100", "nearest_300"} {
		_, want, err := npy.Read[int32](file(name))
		if err != nil || !slices.Equal(rows[500*i:500*(i+1)], want) {
			t.Errorf("%s differs, %v", name, err)
		}
	}
	must(t, "report", records, "--out", filepath.Join(dir, "report"))
	page, err := os.ReadFile(filepath.Join(dir, "report", "index.html"))
	if err == nil && !strings.Contains(string(page), "nearest sample") {
		t.Error("the report says nothing of the nearest sample")
	}
}

// TestNNCErrors: inputs that cannot be classified are errors that say what is wrong and where.
func TestNNCErrors(t *testing.T) {
	dir := t.TempDir()
	px := make([]uint8, 4*9)
	floats := make([]float32, 4*9)
	nan := slices.Clone(floats)
	nan[20] = float32(math.NaN())
	x := writeNPY(t, dir, "x.npy", []int{4, 3, 3}, px)
	y := writeNPY(t, dir, "y.npy", []int{4}, []int32{0, 1, 2, 3})
	f := writeNPY(t, dir, "f.npy", []int{4, 3, 3, 1}, floats)
	bad := writeNPY(t, dir, "nan.npy", []int{4, 3, 3}, nan)
	small := writeNPY(t, dir, "small.npy", []int{4, 2, 2}, px[:16])
	y3 := writeNPY(t, dir, "y3.npy", []int{3}, []int32{0, 1, 2})
	y10 := writeNPY(t, dir, "y10.npy", []int{4}, []int32{0, 1, 2, 10})
	neg := writeNPY(t, dir, "neg.npy", []int{4}, []int32{0, 1, 2, -1})
	flat := writeNPY(t, dir, "flat.npy", []int{36}, px)
	of := func(samples, labels, n string) []string {
		return []string{"eval", "nnc", "--samples", samples, "--sample-labels", labels, "--n", n, "--test-x", x, "--test-y", y}
	}
	for want, args := range map[string][]string{
		"the label of image 3 is 10; the classes are 0 to 9":                                    of(f, y10, "4"),
		"the label of test image 3 of " + x + " is 10, and the classes of " + f + " are 0 to 9": append(of(f, y, "4")[:11], y10),
		"neg.npy: label 3 is -1":                                 of(f, neg, "4"),
		"pixel 2 of image 2 is NaN":                              of(bad, y, "4"),
		"the samples have 4 pixels, the test images 9":           of(small, y, "4"),
		"y3.npy has the shape 3, and there are 4 images":         of(f, y3, "4"),
		"the nearest of 5 samples is asked for, and there are 4": of(f, y, "5"),
		"of the shape 36":                                        of(flat, y, "4"),
		`"0" is no whole number`:                                 of(f, y, "0"),
		"go together":                                            of(f, y, "4")[:4],
		"give the samples":                                       {"eval", "nnc", "--n", "4", "--test-x", x, "--test-y", y},
		"is not a run folder":                                    {"eval", "nnc", "--run", dir, "--n", "4", "--test-x", writeNPY(t, dir, "t.npy", []int{1, 28, 28}, make([]uint8, 784)), "--test-y", writeNPY(t, dir, "ty.npy", []int{1}, []int32{0})},
		"the test images have 9 pixels, and":                     {"eval", "nnc", "--run", dir, "--n", "4", "--test-x", x, "--test-y", y},
		"would replace":                                          append(of(f, y, "4"), "--nearest", f),
	} {
		if status, _, stderr := cli(t, args...); status == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q is missing in %s", args, status, want, stderr)
		}
	}
	p := printed(t, of(f, y, "2,4")...)
	if !slices.ContainsFunc(p.Warnings, func(w string) bool { return strings.Contains(w, "no sample has the class 4") }) {
		t.Errorf("no warning of classes without samples in %q", p.Warnings)
	}
	if got := printed(t, append(of(x, y, "4"), "--bytes")...).Results; got[0].Errors != 3 { // all equal: the first sample
		t.Errorf("%+v", got)
	}
}

// idx writes a small set in MNIST's format and returns its specification.
func idx(t *testing.T, train, test int) string {
	t.Helper()
	dir := t.TempDir()
	for name, n := range map[string]int{"train": train, "t10k": test} {
		images := []byte{0, 0, 8, 3, 0, 0, byte(n >> 8), byte(n), 0, 0, 0, 28, 0, 0, 0, 28}
		labels := []byte{0, 0, 8, 1, 0, 0, byte(n >> 8), byte(n)}
		for i := range n {
			for p := range 784 {
				images = append(images, byte((i%10)*25*(p/28%2)+i%7))
			}
			labels = append(labels, byte(i%10))
		}
		for file, b := range map[string][]byte{"-images-idx3-ubyte": images, "-labels-idx1-ubyte": labels} {
			if err := os.WriteFile(filepath.Join(dir, name+file), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return "mnist=" + dir
}

// TestConditional trains a small model, resumes it, makes images of classes and classifies with them.
func TestConditional(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	data, dir := idx(t, 1200, 40), t.TempDir()
	run := filepath.Join(dir, "run")
	train := func(out, steps string, more ...string) []string {
		return append([]string{"train", "--arch", "mnist-cond", "--width", "2", "--dense", "5", "--data", data, "--batch", "64", "--steps", steps,
			"--checkpoint-every", "10", "--measure-images", "1000", "--out", filepath.Join(dir, out)}, more...)
	}
	measured := []string{"--measure", "nnc", "--measure-every", "10"}
	must(t, train("run", "20", measured...)...)
	must(t, train("run", "40", measured...)...)
	whole := slices.DeleteFunc(train("whole", "40"), func(s string) bool { return s == "--measure-images" || s == "1000" })
	must(t, whole...)
	sampled := func(run string, more ...string) []float32 {
		out := filepath.Join(dir, "x.npy")
		must(t, append([]string{"sample", run, "--npy", out}, more...)...)
		_, v, err := npy.Read[float32](out)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if a, b := sampled(run), sampled(filepath.Join(dir, "whole")); !slices.Equal(a, b) || len(a) != 100*784 {
		t.Error("a training that was resumed and measured gives other images")
	}
	if log, err := os.ReadFile(filepath.Join(run, "metrics.jsonl")); err != nil || strings.Count(string(log), `"nnc_1000"`) != 4 {
		t.Errorf("the log has no four measurements: %v\n%s", err, log)
	}
	if best, err := filepath.Glob(filepath.Join(run, "best", "step-*")); err != nil || len(best) != 1 {
		t.Errorf("best checkpoints: %v, %v", best, err)
	}
	sampled(run, "--checkpoint", "best")
	must(t, "report", run, "--out", filepath.Join(dir, "report"))

	// The samples of "uniform" are the samples of eval nnc.
	x, y := filepath.Join(dir, "s.npy"), filepath.Join(dir, "y.npy")
	must(t, "sample", run, "--labels", "uniform", "--n", "300", "--npy", x, "--labels-out", y)
	stored := filepath.Join(dir, "records.jsonl")
	direct := printed(t, "eval", "nnc", "--run", run, "--n", "100,300", "--data", data, "--record", stored)
	if records, err := record.Read(stored); err != nil || len(records) != 1 {
		t.Errorf("%d records, %v", len(records), err)
	} else {
		checkGenerator(t, records[0], "mnist-cond, width 2, 5 dense units")
	}
	files := printed(t, "eval", "nnc", "--samples", x, "--sample-labels", y, "--n", "100,300", "--data", data)
	if direct.Results[0] != files.Results[0] || direct.Results[1] != files.Results[1] {
		t.Errorf("%+v and %+v", direct.Results, files.Results)
	}
	if r := direct.Real; len(r) != 3 || r[0].N != 1200 || r[0].Errors != 0 || r[2].N != 1000 {
		t.Errorf("real images: %+v", r)
	}
	// A number that is no multiple of the batch is cut from whole batches, as eval nnc does.
	must(t, "sample", run, "--labels", "uniform", "--n", "130", "--npy", x, "--labels-out", y)
	part := printed(t, "eval", "nnc", "--samples", x, "--sample-labels", y, "--n", "130", "--data", data)
	if same := printed(t, "eval", "nnc", "--run", run, "--n", "130", "--data", data); same.Results[0] != part.Results[0] {
		t.Errorf("130 samples: %+v and %+v", same.Results, part.Results)
	}
	// Images of few classes and of a file that is sorted by class are made beside all classes.
	alone := sampled(run, "--labels", "3,7", "--n", "4")
	if !slices.Equal(alone, sampled(run, "--labels", writeNPY(t, dir, "37.npy", []int{4}, []int32{3, 3, 7, 7}))) {
		t.Error("a file of two classes gives other images than their list")
	}
	must(t, "sample", run, "--labels", "3,7", "--out", filepath.Join(dir, "sheet.png"))
	must(t, "sample", run, "--labels", y, "--npy", x)
	for want, args := range map[string][]string{
		"the classes are 0 to 9":            {"sample", run, "--labels", "10", "--npy", x},
		"as many of each are made":          {"sample", run, "--labels", "1,2", "--n", "5", "--npy", x},
		"label 0 is 77":                     {"sample", run, "--labels", writeNPY(t, dir, "77.npy", []int{2}, []int32{77, 0}), "--npy", x},
		"has none of that step; it has ":    {"sample", run, "--checkpoint", "7", "--npy", x},
		"keeps no best checkpoint":          {"eval", "nnc", "--run", filepath.Join(dir, "whole"), "--checkpoint", "best", "--n", "10", "--data", data},
		"--labels is for run folders of":    {"sample", "random:svhn32,width=1", "--labels", "1", "--npy", x},
		"whose generator makes images of a": {"memorization", "--run", run, "--n", "10", "--data", data},
		"needs images with classes":         {"train", "--arch", "svhn32", "--data", data, "--steps", "2", "--measure", "nnc", "--out", filepath.Join(dir, "no")},
		"measures nnc alone":                train("other", "2", "--measure", "nnd"),
		"--dense is the width":              {"train", "--arch", "svhn32", "--data", data, "--steps", "2", "--dense", "3", "--out", filepath.Join(dir, "no")},
		"was mnist-cond":                    {"train", "--arch", "svhn32", "--data", "shapes:size=32,train=200,test=10", "--steps", "2", "--out", run},
		"options differ":                    append(train("run", "50", measured...), "--dense", "6"),
	} {
		if status, _, stderr := cli(t, args...); status == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q is missing in %s", args, status, want, stderr)
		}
	}
}
