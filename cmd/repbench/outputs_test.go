package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	r := filepath.Join(dir, "r")
	must(t, "report", a, b, "--out", r)
	must(t, "report", b, "--out", r) // what lies there are copies
	added := filepath.Join(r, "records.jsonl")
	must(t, "eval", "knn", "--k", "3", "--features", folders[0], "--record", added)
	later := time.Now().Add(time.Second) // file systems keep whole seconds, some of them
	if err := os.Chtimes(added, later, later); err != nil {
		t.Fatal(err)
	}
	wantKept(t, 1, filepath.Join(r, "report"), added, "report", b, "--out", r)
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
			if status != 1 || stdout != "" || !strings.Contains(stderr, want) || !strings.Contains(stderr, "nothing was computed") || !strings.Contains(stderr, "or name another file of records (--record FILE)\n") {
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

// TestFoldersOfOtherThings: no command writes into a folder that holds something else.
func TestFoldersOfOtherThings(t *testing.T) {
	dir := t.TempDir()
	images, run, f := filepath.Join(dir, "s"), filepath.Join(dir, "run"), filepath.Join(dir, "f")
	if err := os.MkdirAll(filepath.Join(images, "cats"), 0o755); err != nil {
		t.Fatal(err)
	}
	const data = "shapes:size=32,train=20,test=10"
	train := []string{"train", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=20,test=10", "--steps", "2", "--batch", "4", "--out"}
	extract := []string{"extract", "--encoder", "pixels", "--data", data, "--out"}
	dedup := []string{"data", "dedup", "--data", data, "--method", "exact", "--out"}
	must(t, append(train, run)...)
	must(t, append(extract, f)...)
	must(t, append(dedup, filepath.Join(dir, "d"))...)
	must(t, append(dedup, filepath.Join(dir, "d"))...) // of the same kind
	must(t, append(train, run)...)
	for _, args := range [][]string{append(train, images), append(train, f), append(extract, images), append(extract, run), append(dedup, images), append(dedup, f)} {
		out := args[len(args)-1]
		before, err := os.ReadDir(out)
		if err != nil {
			t.Fatal(err)
		}
		status, _, stderr := cli(t, args...)
		after, err := os.ReadDir(out)
		if status != 1 || !strings.Contains(stderr, "give the name of a new folder") || err != nil || len(after) != len(before) {
			t.Errorf("%v: status %d, %q; %d entries, were %d", args, status, stderr, len(after), len(before))
		}
	}
}

// TestNumbersWithoutMeaning: a number that would stand for the default is refused.
func TestNumbersWithoutMeaning(t *testing.T) {
	for _, args := range []string{
		"eval fewshot --labels 2 --features x --draws 0", "eval fewshot --labels 2 --features x --select-draws 0", "eval linear --features x --tolerance 0",
		"eval linear --features x --folds 0", "extract --encoder pixels --data shapes --out x --batch 0", "extract --encoder pixels --data shapes --out x --grid 0",
		"eval knn --encoder pixels --data shapes --batch 0",
		"train --arch svhn32 --width 1 --data shapes:train=200,test=10 --steps 1 --weight-decay -1 --out " + os.DevNull + "/x",
	} {
		if status, _, stderr := cli(t, strings.Fields(args)...); status != 2 {
			t.Errorf("%s: status %d, %q", args, status, stderr)
		}
	}
}

// TestDamagedFeatures: damage is found, named in a user's folder and mended in the cache.
func TestDamagedFeatures(t *testing.T) {
	const data = "shapes:size=16,train=20,test=10"
	for name, damage := range map[string]func(dir string) error{
		"short": func(dir string) error { return os.Truncate(filepath.Join(dir, "train_features.npy"), 200) },
		"gone":  func(dir string) error { return os.Remove(filepath.Join(dir, "train_labels.npy")) },
		"line": func(dir string) error {
			path := filepath.Join(dir, "test_ids.txt")
			b, err := os.ReadFile(path)
			_, rest, _ := bytes.Cut(b, []byte("\n"))
			return errors.Join(err, os.WriteFile(path, rest, 0o644))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "f")
			extract := []string{"extract", "--encoder", "pixels", "--data", data, "--out", dir}
			must(t, extract...)
			if err := damage(dir); err != nil {
				t.Fatal(err)
			}
			meta := filepath.Join(dir, "meta.json")
			if status, _, stderr := cli(t, extract...); status != 1 || !strings.Contains(stderr, "remove "+meta) {
				t.Fatalf("status %d, %q", status, stderr)
			}
			if err := os.Remove(meta); err != nil {
				t.Fatal(err)
			}
			must(t, extract...)

			cache := t.TempDir()
			eval := []string{"--cache", cache, "eval", "linear", "--encoder", "pixels", "--data", data}
			must(t, eval...)
			folders, err := filepath.Glob(filepath.Join(cache, "features", "*"))
			if err != nil || len(folders) != 1 {
				t.Fatalf("folders %v, error %v", folders, err)
			}
			if err := damage(folders[0]); err != nil {
				t.Fatal(err)
			}
			must(t, eval...)
		})
	}
}

// TestCostIsBlamed: a C that makes a fit overflow is named, and not the features.
func TestCostIsBlamed(t *testing.T) {
	status, _, stderr := cli(t, "eval", "linear", "--encoder", "pixels", "--data", "shapes:size=16,train=20,test=10", "--C", "1e300")
	if status != 1 || !strings.Contains(stderr, "C = 1e+300 is too large") {
		t.Errorf("status %d, %q", status, stderr)
	}
}

// TestAlteredRun: a config.json that was changed after the training is found by every reader.
func TestAlteredRun(t *testing.T) {
	run := filepath.Join(t.TempDir(), "run")
	train := []string{"train", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=20,test=10", "--out", run, "--steps", "2", "--batch", "4"}
	must(t, train...)
	must(t, "report", run, "--out", filepath.Join(t.TempDir(), "r"))
	config := filepath.Join(run, "config.json")
	whole, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"{}", strings.Replace(string(whole), `"learning_rate": 0.0002`, `"learning_rate": 0.5`, 1)} {
		if text == string(whole) {
			t.Fatalf("no learning rate in %s", text)
		}
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"report", run, "--out", filepath.Join(t.TempDir(), "r")}, train} {
			if status, _, stderr := cli(t, args...); status != 1 || !strings.Contains(stderr, "restore config.json") {
				t.Errorf("%s with %.20q: status %d, %q", args[0], text, status, stderr)
			}
		}
	}
}
