package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

func TestKNNCommand(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	fixed := document(t, "eval", "knn", "--encoder", "pixels", "--data", tinyShapes, "--features", at("pixels"), "--predictions", at("p.npy"))
	for _, key := range []string{"preset", "convention", "k", "test_accuracy", "test_accuracy_ci95", "selected_on", "reported_on",
		"confusion", "seconds", "peak_rss_bytes", "warnings", "id", "record", "costs"} {
		if _, ok := fixed[key]; !ok {
			t.Errorf("eval knn's JSON has no %q", key)
		}
	}
	if fixed["preset"] != "solo" || fixed["k"].(float64) != 20 || fixed["selected_on"] != "none (fixed k)" {
		t.Errorf("%v", fixed)
	}
	if _, p, err := npy.Read[int32](at("p.npy")); err != nil || len(p) != 100 {
		t.Errorf("%d predictions, error %v; want 100", len(p), err)
	}
	chosen := document(t, "eval", "knn", "--features", at("pixels"), "--k", "1,5", "--metric", "euclidean", "--votes", "uniform")
	if s, _ := chosen["selected_on"].(string); !strings.HasPrefix(s, "valid") || chosen["reported_on"] != "test" || chosen["preset"] != nil {
		t.Errorf("%v", chosen)
	}
	text := must(t, "eval", "knn", "--features", at("pixels"))
	for _, want := range []string{"solo", "k = 20", "exp(similarity/T), T = 0.07", "selected on: none"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
	records, err := os.ReadFile(filepath.Join(at("pixels"), "records.jsonl"))
	if err != nil || strings.Count(string(records), "\n") != 2 { // solo twice is one record
		t.Errorf("%d records, error %v", strings.Count(string(records), "\n"), err)
	}
	must(t, "report", at("pixels"), "--out", at("report"))
}

// The label is the axis along which a row points, so that its nearest row by
// cosine has the same.
func TestKNNArraysCommand(t *testing.T) {
	train, labels := arrays(t, t.TempDir())
	for _, flags := range [][]string{nil, {"--metric", "euclidean", "--votes", "inverse", "--epsilon", "0.1", "--l2-normalise"}, {"--preset", "vissl", "--k", "7", "--temperature", "0.5"}} {
		r := document(t, append(append([]string{"eval", "knn"}, sources(train, labels)...), flags...)...)
		if r["test_accuracy"].(float64) != 1 || r["n_test"].(float64) != 40 {
			t.Errorf("%v: %v", flags, r)
		}
	}
}

func TestKNNUsage(t *testing.T) {
	train, labels := arrays(t, t.TempDir())
	for _, tt := range []struct {
		name, args, want string
		status           int
	}{
		{"unknown preset", "--features x --preset moco", "moco", 2},
		{"k of words", "--features x --k 1,ten", "ten", 2},
		{"k of zero", "--features x --k 0", "--k", 2},
		{"unknown metric", "--features x --metric l1", "l1", 2},
		{"unknown votes", "--features x --votes rank", "rank", 2},
		{"temperature without exp", "--features x --votes uniform --temperature 1", "--votes exp", 2},
		{"epsilon without inverse", "--features x --epsilon 1", "--votes inverse", 2},
		{"inverse cosine", "--features x --votes inverse", "euclidean", 2},
		{"cosine normalised", "--features x --l2-normalise", "by itself", 2},
		{"no features", "", "--features", 2},
		{"no such folder", "--features /nonexistent/x", "/nonexistent/x", 1},
		{"k above N", strings.Join(sources(train, labels), " ") + " --k 41", "41", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, out, stderr := cli(t, append([]string{"eval", "knn"}, strings.Fields(tt.args)...)...)
			if status != tt.status || !strings.Contains(stderr, tt.want) || out != "" {
				t.Errorf("status %d, want %d; standard error %q should say %q; standard output %q", status, tt.status, stderr, tt.want, out)
			}
		})
	}
}
