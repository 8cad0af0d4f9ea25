package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/internal/tfevents/eventtest"
	"repbench/train/runfolder"
)

// TestTensorBoard: each training writes an event file with the numbers of metrics.jsonl; one that was
// stopped goes on in it without a step that occurs twice, and has the steps of one that was not.
func TestTensorBoard(t *testing.T) {
	mnist := idx(t, 120, 20)
	for name, args := range map[string]string{
		"svhn32":      "train --arch svhn32 --width 1 --data shapes:train=60,test=20 --batch 16 --sample-every 100 --checkpoint-every 4 --measure frechet --measure-every 3 --measure-images 20 --measure-encoder random:svhn32,width=1",
		"mnist-cond":  "train --arch mnist-cond --width 1 --dense 4 --data " + mnist + " --batch 4 --sample-every 100 --checkpoint-every 4",
		"autoencoder": "train autoencoder --data shapes:train=60,test=20 --batch 16 --hidden 4 --checkpoint-every 4",
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			args := append(strings.Fields(args), "--log-every", "2", "--out", dir, "--seed", "3")
			must(t, append(args, "--steps", "6")...)
			if files, err := runfolder.EventFiles(dir); err != nil || files != nil {
				t.Errorf("without the flag: %q, %v", files, err)
			}
			must(t, append(args, "--steps", "7", "--tensorboard")...)
			must(t, append(args, "--steps", "10")...)
			cancelled, cancel := context.WithCancel(t.Context())
			cancel()
			var out, errs strings.Builder
			if status := run(cancelled, append(args, "--steps", "12"), &out, &errs); status != statusInterrupted {
				t.Errorf("status %d: %s", status, errs.String())
			}
			must(t, append(args, "--steps", "12", "--tensorboard")...)
			compareEvents(t, dir)
		})
	}
}

// compareEvents compares the event file of a run folder with its metrics.jsonl.
func compareEvents(t *testing.T, run string) {
	t.Helper()
	r, err := runfolder.ReadRun(run)
	if err != nil {
		t.Fatal(err)
	}
	files, err := runfolder.EventFiles(run)
	if err != nil || len(files) != 1 {
		t.Fatalf("event files %q, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	events, err := eventtest.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]map[string]float32{}
	var steps []int64
	for _, e := range events[2:] {
		if got[e.Step] == nil {
			got[e.Step], steps = map[string]float32{}, append(steps, e.Step)
		}
		for tag, v := range e.Values {
			if _, twice := got[e.Step][tag]; twice {
				t.Errorf("step %d has %s twice", e.Step, tag)
			}
			got[e.Step][tag] = v
		}
	}
	if !slices.IsSorted(steps) || len(steps) != len(r.Metrics) || steps[len(steps)-1] != 12 {
		t.Errorf("steps %v, and %d lines", steps, len(r.Metrics))
	}
	for _, m := range r.Metrics {
		for _, v := range m.Values {
			if w, found := got[m.Step][v.Name]; v.Value == v.Value && (!found || w != float32(v.Value)) {
				t.Errorf("step %d: %s is %v, want %v", m.Step, v.Name, w, v.Value)
			}
		}
	}
}
