package benchmarks

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/internal/npy"
)

// timelessFewShot are results of few labels without what they took.
func timelessFewShot(out *Outcome) []eval.FewShotResult {
	var all []eval.FewShotResult
	for _, r := range out.Records {
		c := *fewShotOf(r)
		c.FitSeconds, c.SelectSeconds, c.PeakRSSBytes, c.Stages = 0, 0, 0, nil
		all = append(all, c)
	}
	return all
}

// keptDraws are the lines that a journal holds in the cache of a machine.
func keptDraws(t *testing.T, m Machine) (lines int, file string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.Catalog.CacheDir, "fewshot", "*", journalFile))
	if err != nil || len(files) > 1 {
		t.Fatalf("journals %q, %v", files, err)
	}
	if files == nil {
		return 0, ""
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte(`"name"`)), files[0]
}

// someDraws has 2 numbers of labels, each with 3 draws to choose C on and 6 to report: 18 in all.
func someDraws() FewShot {
	return FewShot{FewShotOptions: eval.FewShotOptions{C: []float64{1e-4, 1e-2}, SelectDraws: 3, Draws: 6, Seed: 3}, LabelCounts: []int{1, 2}}
}

// TestFewShotResumes: an evaluation that is stopped, at any draw and several times, goes on at the draw
// that it came to and gives what one gives that was left alone.
func TestFewShotResumes(t *testing.T) {
	cell := Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: someDraws()}
	want, err := Run(t.Context(), cell, machine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	m := machine(t, nil)
	done := 0
	for _, fits := range []int64{2, 5, 11, 14} {
		ctx, cancel := context.WithCancel(t.Context())
		m.Progress = &tasksFrom{name: "few-shot draws", at: fits, do: cancel}
		_, err := Run(ctx, cell, m)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command goes on") {
			t.Fatalf("stopped after %d fits: %v", fits, err)
		}
		if lines, _ := keptDraws(t, m); lines != int(fits) {
			t.Errorf("stopped after %d fits, and %d are kept", fits, lines)
		}
		done = int(fits)
	}
	_, file := keptDraws(t, m)
	w, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.WriteString("\n{\"name\":\"1 labels") // killed while it wrote
	w.Close()
	before := fileSize(t, file)
	grown := int64(0)
	m.Progress = &tasksFrom{name: "few-shot draws", at: 18, do: func() { grown = fileSize(t, file) - before }}
	got, err := Run(t.Context(), cell, m)
	if err != nil || !reflect.DeepEqual(timelessFewShot(got), timelessFewShot(want)) {
		t.Errorf("after stops at %d draws, error %v:\n%+v\nwant\n%+v", done, err, timelessFewShot(got), timelessFewShot(want))
	}
	if grown == 0 || grown > before {
		t.Errorf("four more draws took %d bytes beside %d of 14", grown, before)
	}
	if lines, file := keptDraws(t, m); file != "" {
		t.Errorf("%d draws stay after the end", lines)
	}
	if entries, err := os.ReadDir(filepath.Join(m.Catalog.CacheDir, "fewshot")); err != nil || len(entries) != 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestFewShotResumesItsOwn: draws of other options, of other labels or of a damaged journal do not count.
func TestFewShotResumesItsOwn(t *testing.T) {
	m := machine(t, nil)
	stop := func(p FewShot) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		stopped := m
		stopped.Progress = &tasksFrom{name: "few-shot draws", at: 8, do: cancel}
		if _, err := Run(ctx, Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: p}, stopped); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	stop(someDraws())
	lines, file := keptDraws(t, m)
	if lines != 8 {
		t.Fatalf("%d draws are kept", lines)
	}
	for name, change := range map[string]func(*FewShot){
		"C":        func(p *FewShot) { p.C = []float64{1e-4, 1e-3} },
		"seed":     func(p *FewShot) { p.Seed = 4 },
		"hold-out": func(p *FewShot) { p.HoldOut = new(0.3) },
		"accuracy": func(p *FewShot) { p.Tolerance = 1e-9 },
	} {
		p := someDraws()
		change(&p)
		cell := Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: p}
		got, err := Run(t.Context(), cell, m)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Run(t.Context(), cell, machine(t, nil))
		if err != nil || !reflect.DeepEqual(timelessFewShot(got), timelessFewShot(want)) {
			t.Errorf("another %s takes draws that are not its own: %v", name, err)
		}
	}
	if lines, _ := keptDraws(t, m); lines != 8 {
		t.Errorf("%d draws are left of the first evaluation", lines)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Impossible numbers, of the right form.
	damaged := bytes.ReplaceAll(bytes.ReplaceAll(text, []byte(`"test_errors":`), []byte(`"test_errors":9`)), []byte(`"valid_errors":[`), []byte(`"valid_errors":[99,`))
	if err := os.WriteFile(file, damaged, 0o644); err != nil || bytes.Equal(text, damaged) {
		t.Fatal(err)
	}
	cell := Cell{Source: Source{Encoder: "pixels", Data: tiny}, Protocol: someDraws()}
	want, err := Run(t.Context(), cell, machine(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Run(t.Context(), cell, m); err != nil || !reflect.DeepEqual(timelessFewShot(got), timelessFewShot(want)) {
		t.Errorf("after damage: %v", err)
	}
}

// TestFewShotResumesArrays: the same on NumPy files, whose content counts, not their names; and where
// nothing can be kept the evaluation is made all the same.
func TestFewShotResumesArrays(t *testing.T) {
	dir := t.TempDir()
	write := func(shift float32) Arrays {
		var x []float32
		var y []int32
		for i := range 60 {
			x, y = append(x, float32(i%3)+shift*float32(i%7), float32(i*i%11), 1), append(y, int32(i%3))
		}
		a := Arrays{TrainX: filepath.Join(dir, "x.npy"), TrainY: filepath.Join(dir, "y.npy"), TestX: filepath.Join(dir, "tx.npy"), TestY: filepath.Join(dir, "ty.npy")}
		if err := errors.Join(npy.Write(a.TrainX, []int{60, 3}, x), npy.Write(a.TrainY, []int{60}, y), npy.Write(a.TestX, []int{30, 3}, x[90:]), npy.Write(a.TestY, []int{30}, y[30:])); err != nil {
			t.Fatal(err)
		}
		return a
	}
	m := machine(t, nil)
	cell := Cell{Source: Source{Arrays: write(0.3)}, Protocol: someDraws()}
	ctx, cancel := context.WithCancel(t.Context())
	m.Progress = &tasksFrom{name: "few-shot draws", at: 8, do: cancel}
	if _, err := Run(ctx, cell, m); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	m.Progress = nil
	write(0.9)
	for i := range 2 {
		got, err := Run(t.Context(), cell, m)
		if err != nil {
			t.Fatal(err)
		}
		full := machine(t, nil)
		if err := os.WriteFile(filepath.Join(full.Catalog.CacheDir, "fewshot"), nil, 0o644); err != nil { // no folder can be made
			t.Fatal(err)
		}
		want, err := Run(t.Context(), cell, full)
		if err != nil || !slices.EqualFunc(timelessFewShot(got), timelessFewShot(want), func(a, b eval.FewShotResult) bool { return reflect.DeepEqual(a, b) }) {
			t.Errorf("run %d: %v", i+1, err)
		}
		write(0.3)
	}
	if lines, _ := keptDraws(t, m); lines != 0 {
		t.Errorf("%d draws stay", lines)
	}
}
