package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDedup: the keep-lists of a search restrict what train and extract use, and
// the features of the restricted set have another data hash.
func TestDedup(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "dedup")
	const data = "shapes:size=16,train=60,test=20"
	s := document(t, "data", "dedup", "--data", data, "--against", data+",seed=2", "--method", "dhash", "--out", out)
	if s["images"] != 160.0 || len(s["methods"].([]any)) != 2 {
		t.Errorf("the summary is %v", s)
	}
	for _, name := range []string{"groups.jsonl", "summary.json", "report/index.html", "report/report.pdf", "report/report.md"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 && name != "groups.jsonl" {
			t.Errorf("%s: %v", name, err)
		}
	}
	keep := filepath.Join(dir, "keep.txt")
	if err := os.WriteFile(keep, []byte(strings.Join(trainIDs(20), "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	whole := document(t, "extract", "--encoder", "pixels", "--data", data, "--out", filepath.Join(dir, "whole"))
	part := document(t, "extract", "--encoder", "pixels", "--data", data, "--keep", keep, "--out", filepath.Join(dir, "part"))
	if whole["data_hash"] == part["data_hash"] || whole["cache_key"] == part["cache_key"] {
		t.Error("features of a restricted set have the key of the whole set's")
	}
	if rows := part["splits"].([]any)[0].(map[string]any)["rows"]; rows != 20.0 {
		t.Errorf("%v training rows, want 20", rows)
	}
	run := filepath.Join(dir, "run")
	must(t, "train", "autoencoder", "--data", data, "--keep", keep, "--out", run, "--steps", "1", "--batch", "8")
	config, err := os.ReadFile(filepath.Join(run, "config.json"))
	if err != nil || !strings.Contains(string(config), "20 of 60 images of train kept") || !strings.Contains(string(config), part["data_hash"].(string)) {
		t.Errorf("config.json does not tell of the keep-list: %v\n%s", err, config)
	}
}

func trainIDs(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, fmt.Sprintf("train:%d", 2*i))
	}
	return ids
}

func TestDedupPlanted(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes under the race detector")
	}
	out := filepath.Join(t.TempDir(), "planted")
	args := []string{"data", "dedup", "--data", "shapes:size=16,train=80,test=1", "--planted", "16", "--steps", "3", "--seed", "4", "--out", out}
	text := must(t, args...)
	for _, want := range []string{"16 near duplicates among 80 images", "jpeg", "flip", "phash", "autoencoder, 128 bits > mean, radius 8, mirrored too"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if again := document(t, args...); again["planted"] != 16.0 || again["seed"] != 4.0 {
		t.Errorf("the summary is %v", again)
	}
}

func TestDedupUsage(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "keep.txt")
	if err := os.WriteFile(missing, []byte("train:0\nnone:1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, args, want string
		status           int
	}{
		{"no folder", "data dedup --data shapes", "--out is required", 2},
		{"method", "data dedup --data shapes:size=16,train=20,test=1 --out x --method md5", `"md5"`, 2},
		{"threshold", "data dedup --data shapes --out x --threshold median", `"median"`, 2},
		{"bits", "data dedup --data shapes --out x --bits 0", "--bits must be positive", 2},
		{"planted and against", "data dedup --data shapes:size=16,train=20,test=1 --data2 shapes --planted 4 --out x", "leave out --against", 2},
		{"planted, none", "data dedup --data shapes --planted 0 --out x", "--planted must be positive", 2},
		{"bits of phash", "data dedup --data shapes --method phash --bits 64 --out x", "leave out --bits", 2},
		{"steps of a run", "data dedup --data shapes --run r --steps 9 --out x", "leave out --steps", 2},
		{"unknown id", "extract --encoder pixels --data shapes:size=16,train=20,test=1 --out x --keep " + missing, `"none:1"`, 1},
		{"no list", "train autoencoder --data shapes:size=16,train=20,test=1 --out x --keep " + missing + "x", "no such file", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			status, _, stderr := cli(t, strings.Fields(tt.args)...)
			if status != tt.status || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, standard error %q; want status %d and %q", status, stderr, tt.status, tt.want)
			}
		})
	}
}
