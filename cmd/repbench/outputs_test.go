package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/benchmarks"
	"repbench/eval/knn"
	"repbench/reports/record"
)

// wantKept runs a command that must fail with a status and leave a file as it is.
func wantKept(t *testing.T, status int, want, file string, args ...string) {
	t.Helper()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, _, stderr := cli(t, args...)
	if got != status || !strings.Contains(stderr, want) {
		t.Errorf("%v: status %d, want %d; error %q should say %q", args, got, status, stderr, want)
	}
	if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
		t.Errorf("%v: %s was changed: %v", args, file, err)
	}
}

// TestOutputsKeepInputs: no output takes the place of a file that is read, or of a folder's.
func TestOutputsKeepInputs(t *testing.T) {
	dir := t.TempDir()
	f := filepath.Join(dir, "f")
	must(t, "extract", "--encoder", "pixels", "--data", "shapes:size=16,train=60,test=20", "--out", f)
	in := func(name string) string { return filepath.Join(f, name) }
	arrays := []string{"--train-x", in("train_features.npy"), "--train-y", in("train_labels.npy"), "--test-x", in("test_features.npy"), "--test-y", in("test_labels.npy")}
	link := filepath.Join(dir, "link.npy")
	if err := os.Link(in("test_labels.npy"), link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"test_labels.npy", "train_features.npy", "meta.json", "test_ids.txt"} {
		wantKept(t, 2, "would replace", in(name), "eval", "knn", "--features", f, "--predictions", in(name))
	}
	wantKept(t, 2, "would replace", in("test_labels.npy"), "eval", "linear", "--features", f, "--predictions", link)
	wantKept(t, 2, "would replace", in("train_labels.npy"), append([]string{"eval", "linear", "--predictions", in("train_labels.npy")}, arrays...)...)
	wantKept(t, 2, "would replace", in("test_labels.npy"), append([]string{"eval", "knn", "--predictions", link}, arrays...)...)
	must(t, "eval", "knn", "--features", f, "--predictions", filepath.Join(dir, "p.npy"))
	must(t, "eval", "knn", "--features", f, "--predictions", filepath.Join(dir, "p.npy")) // made anew

	run := filepath.Join(dir, "run")
	must(t, "train", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=20,test=10", "--out", run, "--steps", "2", "--batch", "4")
	config := filepath.Join(run, "config.json")
	wantKept(t, 2, "run folder", config, "sample", run, "--out", config)
	wantKept(t, 2, "run folder", config, "sample", "random:svhn32,width=1", "--n", "4", "--npy", config)
	wantKept(t, 2, "folder of features", in("train_features.npy"), "sample", run, "--npy", in("train_features.npy"))
	must(t, "sample", run, "--n", "4", "--out", filepath.Join(run, "mine.png"))
}

// TestReportKeepsResults: a report takes no place of results that it does not hold.
func TestReportKeepsResults(t *testing.T) {
	dir := t.TempDir()
	var folders []string
	for _, name := range []string{"a", "b"} {
		f := filepath.Join(dir, name)
		must(t, "eval", "knn", "--encoder", "pixels", "--data", "shapes:size=16,train=60,test="+map[string]string{"a": "20", "b": "30"}[name], "--features", f)
		folders = append(folders, f)
	}
	a, b := folders[0], folders[1]
	wantKept(t, 1, filepath.Join(a, "report"), filepath.Join(a, "records.jsonl"), "report", b, "--out", a)
	must(t, "report", a, b, "--out", a)
	must(t, "report", a, b, "--out", filepath.Join(dir, "r"))
	must(t, "report", a, b, "--out", filepath.Join(dir, "r"))
}

// TestOutputsCheckedFirst: what cannot be written is said before anything is computed.
func TestOutputsCheckedFirst(t *testing.T) {
	dir := t.TempDir()
	f := filepath.Join(dir, "f")
	must(t, "extract", "--encoder", "pixels", "--data", "shapes:size=16,train=60,test=20", "--out", f)
	torn, none := filepath.Join(dir, "torn.jsonl"), filepath.Join(dir, "none", "x")
	if err := os.WriteFile(torn, []byte(`{"id":`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, kind := range [][]string{{"linear", "--features", f}, {"knn", "--features", f}, {"fewshot", "--labels", "2", "--features", f},
		{"supervised", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=60,test=20"}} {
		for path, want := range map[string]string{torn: "delete that line and give the same command again", none + ".jsonl": "make the folder", dir: "not a regular file"} {
			status, stdout, stderr := cli(t, append(append([]string{"eval"}, kind...), "--record", path)...)
			if status != 1 || stdout != "" || !strings.Contains(stderr, want) || !strings.Contains(stderr, "nothing was computed") {
				t.Errorf("eval %v --record %s: status %d, %q", kind, path, status, stderr)
			}
		}
	}
	for path, want := range map[string]string{none + ".npy": "make the folder", dir: "a folder is there"} {
		status, stdout, stderr := cli(t, "eval", "linear", "--features", f, "--predictions", path)
		if status != 1 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("--predictions %s: status %d, %q", path, status, stderr)
		}
		if status, _, stderr := cli(t, "sample", "random:svhn32,width=1", "--npy", path); status != 1 || !strings.Contains(stderr, want) {
			t.Errorf("sample --npy %s: status %d, %q", path, status, stderr)
		}
	}
	if _, err := os.Stat(filepath.Join(f, "records.jsonl")); err == nil {
		t.Error("a result was stored although its predictions had no place")
	}
}

// TestUnstoredIsPrinted: a result that could not be stored is printed beside the error.
func TestUnstoredIsPrinted(t *testing.T) {
	var stdout bytes.Buffer
	a, full := &app{stdout: &stdout, json: true}, errors.New("the disk is full")
	out := &benchmarks.Outcome{Title: "pixels on shapes", Records: []*record.Record{{Result: &knn.Result{}}}}
	err := a.finished(evaluation{show: showKNN}, out, full)
	if !errors.Is(err, full) || !strings.Contains(stdout.String(), "{") {
		t.Errorf("error %v, printed %q", err, stdout.String())
	}
}
