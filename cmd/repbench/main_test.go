package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// tinyShapes is the built-in set, small.
const tinyShapes = "shapes:train=300,test=100"

// cli runs one command line in process.
func cli(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	common := []string{"--backend", "cpu", "--cache", t.TempDir(), "--offline", "-q"} // args may say otherwise
	status = run(context.Background(), append(common, args...), &out, &errs)
	return status, out.String(), errs.String()
}

// must runs a command line that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, stdout, stderr := cli(t, args...)
	if status != 0 {
		t.Fatalf("repbench %s: status %d\n%s", strings.Join(args, " "), status, stderr)
	}
	return stdout
}

// document runs a command with --json and decodes the one document it prints.
func document(t *testing.T, args ...string) map[string]any {
	t.Helper()
	out := must(t, append(args, "--json")...)
	dec := json.NewDecoder(strings.NewReader(out))
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("repbench %s --json: %v\n%s", strings.Join(args, " "), err, out)
	}
	if dec.More() {
		t.Errorf("repbench %s --json: more than one document on standard output", strings.Join(args, " "))
	}
	return v
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		name, args, want string
		status           int
	}{
		{"unknown command", "frobnicate", "unknown command", 2},
		{"unknown flag", "doctor --fast", "unknown flag", 2},
		{"missing flags", "train --arch svhn32", "--data is required", 2},
		{"steps and epochs", "train --arch svhn32 --data shapes --out x --steps 1 --epochs 1", "either --steps or --epochs", 2},
		{"unknown architecture", "train --arch vgg --data shapes --out x --steps 1", "unknown architecture", 2},
		{"negative threads", "doctor --threads -1", "negative", 2},
		{"too many threads", "doctor --threads 100000", "give at most 1024", 2},
		{"no arguments", "sample", "one run folder", 2},
		{"nothing to write", "sample random:svhn32", "--out FILE.png", 2},
		{"no inputs", "report --out x", "run folders", 2},
		{"bad dtype", "extract --encoder pixels --data shapes --out x --dtype int8", "int8", 2},
		{"bad cost", "eval linear --features x --C ten", "ten", 2},
		{"features from nowhere", "eval linear", "--features", 2},
		{"bad specification", "extract --encoder pixels --data nosuchset --out x", "nosuchset", 2},
		{"no network", "data fetch cifar10", "cifar-10-binary.tar.gz", 1},
		{"no such folder", "eval linear --features /nonexistent/x", "/nonexistent/x", 1},
		{"unknown pooling", "extract --encoder pixels --data shapes --out x --pool median", "median", 2},
		{"unknown layer", "extract --encoder random:svhn32,width=1 --data shapes --out x --layers conv9", "conv9", 2},
		{"no ONNX file", "extract --encoder onnx:/nonexistent/x.onnx --data shapes --out x", "/nonexistent/x.onnx", 1},
		{"setting of a network", "extract --encoder onnx:x.onnx,speed=2 --data shapes --out x", "speed", 2},
		{"unknown alternation", "train --arch svhn32 --width 1 --data shapes:train=200 --out " + os.DevNull + "/x --steps 1 --alternate never", "never", 2},
		{"few samples", "sample random:svhn32 --n 1 --out x.png", "--n 1", 2},
		{"samples of pixels", "sample pixels --n 4 --out x.png", "\"pixels\" is no DCGAN, which alone makes images", 2},
		{"samples of components", "sample pca:4 --n 4 --out x.png", "no DCGAN, which alone makes images", 2},
		{"negative samples", "sample random:svhn32 --n -1 --out x.png", "--n -1", 2},
		{"batch of none", "train --arch svhn32 --data shapes --out x --epochs 1 --batch 0", "--batch must be positive", 2},
		{"batch above the set", "train --arch svhn32 --data shapes:train=60,test=10 --out x --epochs 2", "fewer than one batch", 2},
		{"negative beta", "train --arch svhn32 --width 1 --data shapes:train=200,test=10 --out " + os.DevNull + "/x --steps 1 --beta1 -1", "beta1 -1", 2},
		{"negative dropout", "train autoencoder --data shapes:size=16,train=200,test=10 --out " + os.DevNull + "/x --dropout -1", "dropout -1", 2},
		{"rate of none", "train --arch svhn32 --data shapes --out x --steps 1 --learning-rate 0", "--learning-rate must be positive", 2},
		{"doctor on an unknown backend", "doctor --backend tpu9", "unknown backend", 2},
		{"train on an unknown backend", "train --arch svhn32 --data shapes --out x --steps 1 --backend tpu9", "unknown backend", 2},
		{"flag without effect", "eval linear --features x --grid 9", "--grid means nothing", 2},
		{"two sources", "eval linear --features x --train-x y", "--features means nothing", 2},
		{"unknown backend", "sample random:svhn32 --out x.png --backend tpu9", "unknown backend", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := strings.Fields(tt.args)
			var out, errs bytes.Buffer
			args = append(args, "--cache", t.TempDir(), "--offline", "-q")
			status := run(context.Background(), args, &out, &errs)
			if status != tt.status || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("repbench %s: status %d, want %d; standard error %q should say %q", tt.args, status, tt.status, errs.String(), tt.want)
			}
			if out.Len() > 0 {
				t.Errorf("an error printed on standard output: %s", out.String())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"help"}, {"train", "--help"}, {"eval", "linear", "--help"}, {"data"}} {
		var out, errs bytes.Buffer
		if status := run(context.Background(), args, &out, &errs); status != 0 || !strings.Contains(out.String(), "Usage") {
			t.Errorf("repbench %v: status %d, output %q", args, status, out.String())
		}
	}
}

func TestDoctor(t *testing.T) {
	h := document(t, "doctor")
	if !strings.HasPrefix(fmt.Sprint(h["backend"]), "cpu+") || h["simd"] == "" || h["threads"].(float64) < 1 {
		t.Errorf("doctor says %v", h)
	}
	if text := must(t, "doctor"); !strings.Contains(text, "shapes") {
		t.Errorf("doctor does not list the data sets:\n%s", text)
	}
}

// The whole way: train, resume, sample, extract, evaluate, report.
func TestPipeline(t *testing.T) {
	if testing.Short() {
		t.Skip("trains a network")
	}
	dir := t.TempDir()
	at := func(elem ...string) string { return filepath.Join(append([]string{dir}, elem...)...) }
	train := []string{"train", "--arch", "svhn32", "--width", "2", "--data", tinyShapes, "--batch", "16",
		"--log-every", "1", "--sample-every", "2", "--samples", "16", "--out", at("run")}
	must(t, append(train, "--steps", "2")...)
	if v := document(t, append(train, "--steps", "4")...); v["resumed_at"].(float64) != 2 || v["steps"].(float64) != 4 {
		t.Errorf("resumed training says %v", v)
	}
	if status, _, stderr := cli(t, append(train, "--steps", "4", "--seed", "9")...); status != 1 || !strings.Contains(stderr, "seed is 9, was 1") {
		t.Errorf("another seed in the same folder: status %d, %s", status, stderr)
	}
	must(t, "sample", at("run"), "--n", "9", "--out", at("sheet.png"))
	if status, _, stderr := cli(t, "sample", at("run"), "--prior", "uniform", "--out", at("x.png")); status != 2 || !strings.Contains(stderr, "prior gaussian") {
		t.Errorf("another prior: status %d, %s", status, stderr)
	}
	m := document(t, "extract", "--encoder", "dcgan:"+at("run"), "--data", tinyShapes, "--out", at("features"))
	if m["dim"].(float64) != 14*2*8 {
		t.Errorf("meta.json has dimension %v, want %d", m["dim"], 14*2*8)
	}
	r := document(t, "eval", "linear", "--features", at("features"), "--C", "0.001,0.01")
	checkLinear(t, r, "valid")
	fixed := document(t, "eval", "linear", "--encoder", "pixels", "--data", tinyShapes, "--features", at("pixels"), "--C", "0.001")
	checkLinear(t, fixed, "none")
	must(t, "report", at("run"), at("features"), at("pixels"), "--out", at("report"))
	for _, f := range []string{"index.html", "report.pdf", "report.md", "records.jsonl"} {
		if info, err := os.Stat(at("report", f)); err != nil || info.Size() == 0 {
			t.Errorf("report has no %s: %v", f, err)
		}
	}
	page, _ := os.ReadFile(at("report", "index.html"))
	if !strings.Contains(string(page), "without labels") {
		t.Error("the report does not say that the encoder was trained on the evaluated set's own images")
	}
}

// checkLinear checks the contract of eval linear's JSON.
func checkLinear(t *testing.T, r map[string]any, selectedOn string) {
	t.Helper()
	for _, key := range []string{"protocol", "C", "train_accuracy", "test_accuracy", "test_accuracy_ci95", "objective",
		"objective_per_class", "selected_on", "reported_on", "fit_seconds", "peak_rss_bytes", "warnings"} {
		if _, ok := r[key]; !ok {
			t.Errorf("eval linear's JSON has no %q", key)
		}
	}
	ci, _ := r["test_accuracy_ci95"].([]any)
	acc, _ := r["test_accuracy"].(float64)
	if len(ci) != 2 || ci[0].(float64) > acc || ci[1].(float64) < acc {
		t.Errorf("accuracy %v outside its interval %v", acc, ci)
	}
	if s, _ := r["selected_on"].(string); !strings.Contains(s, selectedOn) {
		t.Errorf("selected_on %q, want one with %q", s, selectedOn)
	}
	if s, _ := r["reported_on"].(string); !strings.Contains(s, "test") {
		t.Errorf("reported_on %q", s)
	}
}

// The golden SVM problem through files from elsewhere; the expected objectives
// are LIBLINEAR's (golden/linear_svm/expected.json).
func TestEvalArrays(t *testing.T) {
	dir := testenv.Path(t, "golden", "linear_svm")
	at := func(name string) string { return filepath.Join(dir, name) }
	var golden struct {
		Cases []struct {
			C            float64 `json:"C"`
			TestAccuracy float64 `json:"test_accuracy"`
		} `json:"cases"`
	}
	if err := jsonfile.Read(at("expected.json"), &golden); err != nil {
		t.Fatal(err)
	}
	want := golden.Cases[0]
	r := document(t, "eval", "linear", "--train-x", at("train_x.npy"), "--train-y", at("train_y.npy"),
		"--test-x", at("test_x.npy"), "--test-y", at("test_y.npy"), "--C", fmt.Sprint(want.C))
	checkLinear(t, r, "none")
	if acc := r["test_accuracy"].(float64); acc != want.TestAccuracy {
		t.Errorf("test accuracy %v, LIBLINEAR's is %v", acc, want.TestAccuracy)
	}
}

// sample with the golden z gives the golden images within 1e-4 of the largest.
func TestSampleGolden(t *testing.T) {
	golden := testenv.Path(t, "golden", "svhn_dcgan")
	out := filepath.Join(t.TempDir(), "out.npy")
	must(t, "sample", "theano:"+testenv.Path(t, "data", "svhn_dcgan_2015"), "--z", filepath.Join(golden, "z.npy"), "--npy", out)
	shape, got, err := npy.Read[float32](out)
	if err != nil {
		t.Fatal(err)
	}
	_, want, err := npy.Read[float32](filepath.Join(golden, "generated_nhwc.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if len(shape) != 4 || len(got) != len(want) {
		t.Fatalf("shape %v, want %d values", shape, len(want))
	}
	for i := range want {
		if d := got[i] - want[i]; d > 1e-4 || d < -1e-4 {
			t.Fatalf("value %d is %g, want %g", i, got[i], want[i])
		}
	}
}
