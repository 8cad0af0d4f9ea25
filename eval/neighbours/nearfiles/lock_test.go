package nearfiles

import (
	"slices"
	"strings"
	"testing"

	"repbench/internal/progress"
)

// other begins another search in the middle of the first.
type other struct {
	progress.Task
	search func() error
	begun  bool // the first compares pairs
	err    error
}

func (o *other) Start(_ string, _ int64, unit string) progress.Task {
	o.begun = unit == "pairs"
	return o
}
func (o *other) Done() {}
func (o *other) Add(int64) {
	if search := o.search; search != nil && o.begun {
		o.search = nil
		o.err = search()
	}
}

// TestRunAlone: while a search writes to a folder another one leaves it alone, and the first
// gives its own result, not what the other had written.
func TestRunAlone(t *testing.T) {
	dir := t.TempDir()
	q := images(t, dir, "q.npy", 40, 1)
	first := Options{Queries: q, Base: images(t, dir, "b.npy", 70, 2), Metric: "pixels", K: 3}
	second := first
	second.Base = images(t, dir, "b2.npy", 70, 3)
	alone, shared := t.TempDir(), t.TempDir()
	if _, err := Run(t.Context(), alone, first); err != nil {
		t.Fatal(err)
	}
	p := &other{search: func() error {
		_, err := Run(t.Context(), shared, second)
		return err
	}}
	first.Progress = p
	if _, err := Run(t.Context(), shared, first); err != nil {
		t.Fatal(err)
	}
	if p.err == nil || !strings.Contains(p.err.Error(), "another search is writing to folder "+shared) {
		t.Errorf("error %v of the second search", p.err)
	}
	if !slices.Equal(read[int64](t, shared, distanceFile, 40, 3), read[int64](t, alone, distanceFile, 40, 3)) {
		t.Error("the first search has other distances than alone")
	}
	if _, err := Run(t.Context(), shared, second); err != nil {
		t.Errorf("the folder is not given back: %v", err)
	}
}
