package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/internal/npy"
)

func TestFewShotCommand(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	one := document(t, "eval", "fewshot", "--encoder", "pixels", "--data", tinyShapes, "--features", at("pixels"),
		"--labels", "5", "--draws", "3", "--C", "0.001")
	for _, key := range []string{"protocol", "labels_per_class", "draws", "test_accuracy", "test_accuracy_ci95", "std_error", "selected_on", "id", "record", "costs"} {
		if _, ok := one[key]; !ok {
			t.Errorf("eval fewshot's JSON has no %q", key)
		}
	}
	if one["protocol"] != "few-shot" || one["draws"].(float64) != 3 || one["selected_on"] != "none (fixed C; 0.1 of each class of train set aside, seed 1)" {
		t.Errorf("%v", one)
	}
	all := document(t, "eval", "fewshot", "--features", at("pixels"), "--labels", "5", "--draws", "3", "--C", "0.001", "--hold-out", "0")
	if all["selected_on"] != "none (fixed C)" || all["n_set_aside"].(float64) != 0 || all["id"] == one["id"] ||
		all["n_train"].(float64) != one["n_train"].(float64)+one["n_set_aside"].(float64) {
		t.Errorf("--hold-out 0: %v", all)
	}
	several := document(t, "eval", "fewshot", "--features", at("pixels"), "--labels", "1,10", "--draws", "2", "--select-draws", "2", "--C", "0.001,0.1")
	results, _ := several["results"].([]any)
	if len(results) != 2 || results[1].(map[string]any)["labels_per_class"].(float64) != 10 {
		t.Errorf("results %v", several)
	}
	text := must(t, "eval", "fewshot", "--features", at("pixels"), "--labels", "5", "--draws", "3", "--C", "0.001")
	if !strings.Contains(text, "1.96 sd") || !strings.Contains(text, "5 labels per class") || !strings.Contains(text, "set aside)") {
		t.Errorf("text %s", text)
	}
	records, err := os.ReadFile(filepath.Join(at("pixels"), "records.jsonl"))
	if err != nil || strings.Count(string(records), "\n") != 4 { // 5 twice is one record
		t.Errorf("%d records, error %v", strings.Count(string(records), "\n"), err)
	}
}

func TestFewShotArraysCommand(t *testing.T) {
	train, labels := arrays(t, t.TempDir())
	r := document(t, append([]string{"eval", "fewshot", "--labels", "4", "--draws", "2", "--C", "1"}, sources(train, labels)...)...)
	if r["test_accuracy"].(float64) != 1 || r["n_test"].(float64) != 40 {
		t.Errorf("%v", r)
	}
}

// arrays writes 40 rows of two features, the label the larger one of them, and in
// test-x.npy beside them 40 other ones of the same labels.
func arrays(t *testing.T, dir string) (x, y string) {
	t.Helper()
	rows, others, labels := make([]float32, 80), make([]float32, 80), make([]int32, 40)
	for i := range labels {
		labels[i] = int32(i % 2)
		rows[2*i+i%2] = 1 + float32(i)/40
		others[2*i+i%2] = 1 + (float32(i)+0.5)/40
	}
	if err := npy.Write(testOf(filepath.Join(dir, "x.npy")), []int{40, 2}, others); err != nil {
		t.Fatal(err)
	}
	x, y = filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	if err := npy.Write(x, []int{40, 2}, rows); err != nil {
		t.Fatal(err)
	}
	if err := npy.Write(y, []int{40}, labels); err != nil {
		t.Fatal(err)
	}
	return x, y
}

// testOf is the file of test features that belongs to a file of training features.
func testOf(x string) string { return filepath.Join(filepath.Dir(x), "test-"+filepath.Base(x)) }

func sources(x, y string) []string {
	return []string{"--train-x", x, "--train-y", y, "--test-x", testOf(x), "--test-y", y}
}

func TestPredictions(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "predicted.npy")
	x, y := arrays(t, dir)
	must(t, append([]string{"eval", "linear", "--C", "1", "--predictions", out}, sources(x, y)...)...)
	shape, got, err := npy.Read[int32](out)
	if err != nil || len(shape) != 1 || shape[0] != 40 {
		t.Fatalf("predictions of shape %v, error %v", shape, err)
	}
	for i, k := range got {
		if k != int32(i%2) {
			t.Errorf("row %d predicted as %d", i, k)
		}
	}
}

// Mistakes come with names and pictures, and the costs of each stage.
func TestLinearMistakes(t *testing.T) {
	r := document(t, "eval", "linear", "--encoder", "pixels", "--data", tinyShapes, "--features", filepath.Join(t.TempDir(), "f"), "--C", "0.001,0.01")
	mistakes, _ := r["mistakes"].([]any)
	if len(mistakes) == 0 {
		t.Fatal("no mistakes: pixels are not that good")
	}
	if m := mistakes[0].(map[string]any); m["id"] == "" || !strings.HasPrefix(m["png"].(string), "iVBOR") { // base64 of "\x89PNG"
		t.Errorf("mistake %v", m)
	}
	if costs, _ := r["costs"].([]any); len(costs) != 4 {
		t.Errorf("costs %v, want the stages extract, select, fit and report", r["costs"])
	}
}

func TestFewShotUsage(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"no labels", "--features x", "--labels is required"},
		{"labels in words", "--features x --labels ten", `"ten"`},
		{"labels of none", "--features x --labels 5,0", `"0"`},
		{"unknown protocol", "--features x --protocol mnist", "svhn-1000"},
		{"bad cost", "--features x --labels 5 --C -1", "-1"},
		{"features from nowhere", "--labels 5", "--features"},
		{"flag without effect", "--features x --labels 5 --grid 9", "--grid means nothing"},
		{"arguments", "x --labels 5", "no arguments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, errs := cli(t, append([]string{"eval", "fewshot"}, strings.Fields(tt.args)...)...)
			if status != 2 || !strings.Contains(errs, tt.want) || out != "" {
				t.Errorf("status %d, want 2; standard error %q should say %q", status, errs, tt.want)
			}
		})
	}
}

// svhn-1000 takes features with the released code's statistics unless told otherwise,
// and warns of others.
func TestSVHN1000Statistics(t *testing.T) {
	if testing.Short() {
		t.Skip("12,000 images are encoded twice")
	}
	dir := t.TempDir()
	run := func(name string, more ...string) (mode any, warnings string) {
		out := filepath.Join(dir, name)
		r := document(t, append([]string{"eval", "fewshot", "--protocol", "svhn-1000", "--draws", "2", "--encoder", "random:svhn32,width=1",
			"--data", "shapes:train=12000,test=20", "--features", out}, more...)...)
		if r["n_set_aside"].(float64) != 10_000 || r["selected_on"] != "valid (the 10000 rows of train that the released code takes; mean of 10 draws)" {
			t.Errorf("%s: %v set aside, selected on %v", name, r["n_set_aside"], r["selected_on"])
		}
		var meta map[string]any
		if err := jsonfile.Read(filepath.Join(out, "meta.json"), &meta); err != nil {
			t.Fatal(err)
		}
		return meta["batch_norm"], fmt.Sprint(r["warnings"])
	}
	if mode, warnings := run("default"); mode != "released" || strings.Contains(warnings, "batch-norm") {
		t.Errorf("by default: mode %v, warnings %s", mode, warnings)
	}
	if mode, warnings := run("fixed", "--batch-norm", "fixed"); mode != "fixed" || !strings.Contains(warnings, "of the mode fixed") || !strings.Contains(warnings, "--batch-norm released") {
		t.Errorf("with --batch-norm fixed: mode %v, warnings %s", mode, warnings)
	}
}
