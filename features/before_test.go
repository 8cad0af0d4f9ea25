package features

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// TestExtractionsOfBefore: an extraction that an earlier version began, which kept its
// sums in the progress file, goes on from them to the same bytes.
func TestExtractionsOfBefore(t *testing.T) {
	ds := noise(300, 10)
	spec := "random:svhn32,width=1"
	whole := t.TempDir()
	extract(t, open(t, spec, Options{}), ds, whole)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := open(t, spec, Options{}).Extract(ctx, ds, dir, &stopAfter{100, cancel}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v, want the interruption", err)
	}
	batches := intoProgress(t, dir)
	if batches != 1 {
		t.Fatalf("%d batches before the interruption, want 1", batches)
	}
	p := &firstTask{}
	if _, err := open(t, spec, Options{}).Extract(context.Background(), ds, dir, p); err != nil {
		t.Fatal(err)
	}
	if p.first != StatsBatch {
		t.Errorf("the statistics went on at image %d, want %d", p.first, StatsBatch)
	}
	want, err := os.ReadFile(filepath.Join(whole, "test_features.npy"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "test_features.npy"))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the features differ from those of an extraction that was not interrupted (error %v)", err)
	}
}

// intoProgress moves the sums in dir to the progress file, where they were kept before,
// and returns the number of their batches.
func intoProgress(t *testing.T, dir string) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, ".batchnorm-*.npy"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the sums are in %q, error %v", files, err)
	}
	_, flat, err := npy.Read[float64](files[0])
	if err != nil {
		t.Fatal(err)
	}
	var state map[string]any
	path := filepath.Join(dir, ".progress.json")
	if err := jsonfile.Read(path, &state); err != nil {
		t.Fatal(err)
	}
	state["stats"] = map[string]any{"batches": flat[0], "sums": [][]float64{flat[1:5], flat[5:]}}
	if err := errors.Join(jsonfile.Write(path, state), os.Remove(files[0])); err != nil {
		t.Fatal(err)
	}
	return int(flat[0])
}

// firstTask notes the first step that the first task reports: what was done before.
type firstTask struct{ first, steps int64 }

func (f *firstTask) Start(string, int64, string) progress.Task { return f }
func (f *firstTask) Note(string)                               {}
func (f *firstTask) Done()                                     {}
func (f *firstTask) Add(n int64) {
	if f.steps == 0 {
		f.first = n
	}
	f.steps++
}
