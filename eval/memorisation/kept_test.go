package memorisation

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/search"
	"repbench/internal/progress"
)

// stopAfter cancels after so many units of progress.
type stopAfter struct {
	left *int64
	stop context.CancelFunc
}

func (s stopAfter) Start(string, int64, string) progress.Task { return s }
func (s stopAfter) Note(string)                               {}
func (s stopAfter) Done()                                     {}
func (s stopAfter) Add(n int64) {
	if *s.left -= n; *s.left <= 0 {
		s.stop()
	}
}

// TestRunGoesOn: a run that was stopped ends with context.Canceled and goes on with what was
// found; its result is the result of a run that was not stopped, also where files are damaged.
func TestRunGoesOn(t *testing.T) {
	in, _ := copier(t)
	o := Options{Metric: search.Pixels, Control: 10, Seed: 1, Threads: 1}
	want, err := Run(t.Context(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Keep, o.keepAll = t.TempDir(), true
	ctx, stop := context.WithCancel(t.Context())
	left := int64(150*120 + 65*120) // in the second search
	o.Progress = stopAfter{&left, stop}
	if _, err := Run(ctx, in, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	o.Progress = nil
	files, _ := filepath.Glob(filepath.Join(o.Keep, "*.near"))
	if len(files) == 0 {
		t.Fatal("nothing was kept")
	}
	rounds := 3
	if testing.Short() { // as kept, and damaged once
		rounds = 2
	}
	for round := range rounds {
		got, err := Run(t.Context(), in, o)
		if err != nil {
			t.Fatal(err)
		}
		if !sameScores(got, want) {
			t.Errorf("round %d: other scores", round)
		}
		damage(t, filepath.Join(o.Keep, "*.near"))
	}
}

func sameScores(a, b *Result) bool {
	for i, f := range a.Images {
		if f != b.Images[i] {
			return false
		}
	}
	return len(a.Images) == len(b.Images) && a.Controls[string(plant.CopyMirror)] == b.Controls[string(plant.CopyMirror)]
}

// damage changes a byte in the middle of each file.
func damage(t *testing.T, pattern string) {
	t.Helper()
	files, _ := filepath.Glob(pattern)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 0x40
		if err := os.WriteFile(f, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
