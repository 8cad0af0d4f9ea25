package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// folder makes a folder of the given number of bytes, last used days before now.
func folder(t *testing.T, cache, name string, bytes, days int) string {
	t.Helper()
	dir := filepath.Join(cache, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Join(dir, "in"), 0o755); err != nil {
		t.Fatal(err)
	}
	at := now.AddDate(0, 0, -days)
	for _, f := range []string{"in/a.npy", lockName} {
		if err := os.WriteFile(filepath.Join(dir, f), make([]byte, bytes), 0o644); err != nil {
			t.Fatal(err)
		}
		bytes = 0
	}
	for _, f := range []string{"in/a.npy", lockName, "in", "."} {
		if err := os.Chtimes(filepath.Join(dir, f), at, at); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func names(entries []Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, filepath.Base(e.Path))
	}
	return strings.Join(all, " ")
}

// fill makes features a (oldest), b, c and a search s between b and c, of 10 bytes each, and
// files that must not be touched.
func fill(t *testing.T) string {
	cache := t.TempDir()
	folder(t, cache, "features/a", 10, 40)
	folder(t, cache, "features/b", 10, 30)
	folder(t, cache, "supervised/s", 10, 20)
	folder(t, cache, "features/c", 10, 10)
	folder(t, cache, "mnist/old", 1000, 400)
	if err := os.WriteFile(filepath.Join(cache, "features", "note.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	return cache
}

func TestList(t *testing.T) {
	cache := fill(t)
	entries, err := List(cache)
	if err != nil || names(entries) != "a b s c" {
		t.Fatalf("%s, %v", names(entries), err)
	}
	if e := entries[2]; e.Kind != "supervised" || e.Bytes != 10 || !e.Used.Equal(now.AddDate(0, 0, -20)) {
		t.Errorf("%+v", e)
	}
	Touch(entries[0].Path)
	if entries, _ = List(cache); names(entries) != "b s c a" {
		t.Errorf("after a use: %s", names(entries))
	}
	if entries, err := List(t.TempDir()); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestPrune(t *testing.T) {
	for _, tt := range []struct {
		name          string
		p             Policy
		removed, left string
	}{
		{"nothing", Policy{MaxBytes: -1}, "", "a b s c"},
		{"by age", Policy{MaxBytes: -1, UnusedSince: now.AddDate(0, 0, -25)}, "a b", "s c"},
		{"of that very age", Policy{MaxBytes: -1, UnusedSince: now.AddDate(0, 0, -40)}, "", "a b s c"},
		{"by size", Policy{MaxBytes: 25}, "a b", "s c"},
		{"size that fits", Policy{MaxBytes: 40}, "", "a b s c"},
		{"to nothing", Policy{MaxBytes: 0}, "a b s c", ""},
		{"by both", Policy{MaxBytes: 15, UnusedSince: now.AddDate(0, 0, -35)}, "a b s", "c"},
		{"dry", Policy{MaxBytes: 0, DryRun: true}, "a b s c", "a b s c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cache := fill(t)
			done, err := Prune(context.Background(), cache, tt.p)
			if err != nil {
				t.Fatal(err)
			}
			left, _ := List(cache)
			if names(done.Removed) != tt.removed || names(left) != tt.left || done.Bytes != int64(10*len(done.Removed)) || done.Bytes+done.LeftBytes != 40 {
				t.Errorf("removed %q, left %q: %+v", names(done.Removed), names(left), done)
			}
			for _, f := range []string{"features/note.txt", "mnist/old/in/a.npy"} {
				if _, err := os.Stat(filepath.Join(cache, f)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestPruneLeavesWhatIsInUse(t *testing.T) {
	cache := fill(t)
	l := flock.New(filepath.Join(cache, "features", "a", lockName))
	if ok, err := l.TryLock(); !ok {
		t.Fatal(err)
	}
	done, err := Prune(context.Background(), cache, Policy{MaxBytes: 0})
	if err != nil || names(done.InUse) != "a" || names(done.Removed) != "b s c" || done.LeftBytes != 10 {
		t.Errorf("%+v, %v", done, err)
	}
	l.Close()
	if done, err = Prune(context.Background(), cache, Policy{MaxBytes: 0}); err != nil || names(done.Removed) != "a" {
		t.Errorf("%+v, %v", done, err)
	}
}

// A Prune that was killed leaves a folder under another name, which the next Prune removes.
func TestPruneSweeps(t *testing.T) {
	cache := fill(t)
	left := folder(t, cache, "features/"+doomed+"x", 10, 1)
	if entries, _ := List(cache); names(entries) != "a b s c" {
		t.Errorf("the list shows %s", names(entries))
	}
	if _, err := Prune(context.Background(), cache, Policy{MaxBytes: -1}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Prune(ctx, cache, Policy{MaxBytes: 0}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
