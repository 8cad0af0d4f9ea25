package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/train/runfolder"
)

// train --measure writes its numbers beside the losses, says what they are of, and leaves the
// checkpoint as it is without.
func TestTrainMeasure(t *testing.T) {
	dir := t.TempDir()
	args := func(out string, more ...string) []string {
		return append([]string{"train", "--arch", "svhn32", "--width", "2", "--data", "shapes:size=32,train=1000,test=40", "--steps", "6", "--batch", "4",
			"--log-every", "2", "--samples", "4", "--out", filepath.Join(dir, out)}, more...)
	}
	must(t, args("plain")...)
	status, stdout, stderr := cli(t, args("measured", "--json", "--measure", "nnd,frechet", "--measure-every", "3", "--measure-images", "1000")...)
	if status != 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	for _, want := range []string{"note: 1000 generated images are compared with 40 training images and 40 held-out images (split test)", "no validation split", "singular covariance of the 112 features"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("%q is missing in %s", want, stderr)
		}
	}
	var printed struct {
		Seconds float64 `json:"measure_seconds"`
	}
	if err := json.Unmarshal([]byte(stdout), &printed); err != nil || printed.Seconds <= 0 {
		t.Errorf("%s, %v", stdout, err)
	}
	run, err := runfolder.ReadRun(filepath.Join(dir, "measured"))
	if err != nil {
		t.Fatal(err)
	}
	var steps []int64
	for _, m := range run.Metrics {
		steps = append(steps, m.Step)
		for _, name := range []string{"nnd_1000", "nnd_1000_train", "nnd_1000_real", "frechet", "frechet_train", "frechet_real", "measure_seconds"} {
			if measured := m.Step%3 == 0; (m.Get(name) > 0) != measured {
				t.Errorf("step %d: %s is %g", m.Step, name, m.Get(name))
			}
		}
	}
	if len(steps) != 4 || steps[1] != 3 {
		t.Errorf("lines of the steps %v", steps)
	}
	if c, ok := run.Config["measure"].(map[string]any); !ok || c["encoder"] != "random:svhn32,width=16" || c["held_out"] != "test" {
		t.Errorf("config.json says %v", run.Config["measure"])
	}
	const file = "checkpoints/step-00000006/checkpoint-n0000000.bin"
	a, err := os.ReadFile(filepath.Join(dir, "plain", file))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "measured", file)); err != nil || string(a) != string(b) {
		t.Errorf("the checkpoints differ (%v)", err)
	}
}

func TestTrainMeasureUsage(t *testing.T) {
	base := []string{"train", "--arch", "svhn32", "--width", "2", "--data", "shapes:size=32,train=20,test=10", "--steps", "1", "--batch", "4", "--out", filepath.Join(t.TempDir(), "run")}
	for want, more := range map[string][]string{
		"--measure-images needs --measure":   {"--measure-images", "2000"},
		"--measure-encoder needs --measure":  {"--measure-encoder", "pixels"},
		"--measure-every must be positive":   {"--measure", "nnd", "--measure-every", "0"},
		`no metric "fid" is measured`:        {"--measure", "fid"},
		"nnd is measured for 1000 generated": {"--measure", "nnd", "--measure-images", "10"},
		"an encoder (pixels) is given":       {"--measure", "nnd", "--measure-encoder", "pixels"},
	} {
		if status, _, stderr := cli(t, append(base, more...)...); status != statusUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q; want %q", more, status, stderr, want)
		}
	}
	if _, err := os.Stat(base[len(base)-1]); err == nil {
		t.Error("a run folder was made")
	}
}
