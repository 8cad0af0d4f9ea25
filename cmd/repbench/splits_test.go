package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A set without a test split, or without labels in one, is refused before any feature is
// extracted, with what to do.
func TestEvalNeedsTestSplit(t *testing.T) {
	write := func(dir, name string, v uint8) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, smallPNG(t, v), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	train, bare := t.TempDir(), t.TempDir()
	for i, class := range []string{"cat", "dog"} {
		write(train, class+"/1.png", uint8(i))
		write(bare, "train/"+class+"/1.png", uint8(i))
	}
	write(bare, "test/1.png", 9)
	for _, tt := range []struct{ name, dir, want string }{
		{"no test split", train, `has no split "test"`},
		{"no labels", bare, "split test has no labels"},
	} {
		for _, command := range []string{"eval linear", "eval knn", "eval fewshot --labels 1"} {
			out := filepath.Join(t.TempDir(), "features")
			args := append(strings.Fields(command), "--data", "folder:"+tt.dir, "--encoder", "pixels", "--features", out)
			status, _, stderr := cli(t, args...)
			if status != 1 || !strings.Contains(stderr, "test/CLASS/…") || !strings.Contains(stderr, tt.want) {
				t.Errorf("%s, %s: status %d, %s", tt.name, command, status, stderr)
			}
			if _, err := os.Stat(out); err == nil {
				t.Errorf("%s, %s: %s was written", tt.name, command, out)
			}
		}
	}
}

// A run folder without config.json is told by every command that reads one, by its bare
// path, too; nothing is written.
func TestRunWithoutConfig(t *testing.T) {
	dir := t.TempDir()
	run, out := filepath.Join(dir, "run"), filepath.Join(dir, "out")
	must(t, "train", "--arch", "svhn32", "--width", "1", "--data", "shapes:train=20,test=10", "--steps", "1", "--batch", "8", "--out", run)
	if err := os.Remove(filepath.Join(run, "config.json")); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"sample " + run, "sample dcgan:" + run, "extract --data shapes:train=20,test=10 --encoder dcgan:" + run, "report " + run} {
		status, _, stderr := cli(t, append(strings.Fields(command), "--out", out)...)
		if status != 1 || !strings.Contains(stderr, "holds a training (checkpoints/step-00000001) but no config.json") || !strings.Contains(stderr, "restore config.json from a copy") {
			t.Errorf("%s: status %d, %s", command, status, stderr)
		}
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s: %s was written", command, out)
		}
	}
}
