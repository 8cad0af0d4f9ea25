package features

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gofrs/flock"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/progress"
)

// onStart is a progress.Reporter that calls do when a task begins whose name has a prefix.
type onStart struct {
	prefix string
	do     func()
}

func (s onStart) Start(name string, total int64, unit string) progress.Task {
	if strings.HasPrefix(name, s.prefix) {
		s.do()
	}
	return progress.Silent.Start(name, total, unit)
}

// TestExtractionsAtOnce: of two processes that want the same features of the cache the second waits
// for the first, and finds what that one made. It can be interrupted, and in a folder of the user's
// own it is told at once.
func TestExtractionsAtOnce(t *testing.T) {
	ds, err := datasets.Open(t.Context(), "shapes", datasets.Options{Size: 16, Count: 20, TestCount: 10})
	if err != nil {
		t.Fatal(err)
	}
	e, err := Open("pixels", nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "f")
	if _, err := e.Extract(t.Context(), ds, dir, nil); err != nil {
		t.Fatal(err)
	}
	other := flock.New(store.LockPath(dir))
	take := func() {
		if ok, err := other.TryLock(); !ok {
			t.Fatal(err)
		}
	}
	take()
	if _, err := e.Extract(t.Context(), ds, dir, nil); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a folder of the user's: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := e.ExtractCached(ctx, ds, dir, onStart{"wait for another process", cancel}); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command goes on") {
		t.Errorf("interrupted: %v", err)
	}
	before, err := os.Stat(store.FeaturesPath(dir, "train"))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := e.ExtractCached(t.Context(), ds, dir, onStart{"wait for another process", func() { other.Unlock() }})
	if err != nil || meta == nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(store.FeaturesPath(dir, "train")); err != nil || !os.SameFile(before, after) || after.ModTime() != before.ModTime() {
		t.Errorf("the features were made again: %v", err)
	}
}
