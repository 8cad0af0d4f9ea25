package cache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// locks are the lock files of folders in use.
func locks(t *testing.T, cache string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cache, usesDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPruneLeavesWhatIsUsed: a folder that a process made or read stays until it is given back by
// all, whoever prunes, and no lock file is left.
func TestPruneLeavesWhatIsUsed(t *testing.T) {
	cache := fill(t)
	a := filepath.Join(cache, "features", "a")
	var one, two Uses
	one.Use(a)
	one.Use(a) // once more changes nothing
	two.Use(a)
	one.Use(filepath.Join(cache, "features", "notyet"))
	if one.Held() != 2 || two.Held() != 1 || (*Uses)(nil).Held() != 0 {
		t.Errorf("%d and %d folders are held", one.Held(), two.Held())
	}
	for _, u := range []*Uses{&one, &two, nil} {
		done, err := Prune(t.Context(), cache, Policy{MaxBytes: 0})
		if err != nil {
			t.Fatal(err)
		}
		_, gone := os.Stat(a)
		if u != nil && (gone != nil || names(done.InUse) != "a" || done.LeftBytes != 10) || u == nil && gone == nil {
			t.Errorf("%+v, %v", done, gone)
		}
		u.Close()
	}
	if left := locks(t, cache); len(left) != 0 {
		t.Errorf("these locks are left: %q", left)
	}
	one.Close() // closed already
}

// TestUseCountsAsUse: a folder that is used is the last to go.
func TestUseCountsAsUse(t *testing.T) {
	cache := fill(t)
	var u Uses
	u.Use(filepath.Join(cache, "features", "a"))
	u.Close()
	done, err := Prune(t.Context(), cache, Policy{MaxBytes: 10})
	if err != nil || names(done.Removed) != "b s c" {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestReading: a folder that a user named is in use where it lies in a cache folder.
func TestReading(t *testing.T) {
	cache := fill(t)
	b, other := filepath.Join(cache, "features", "b"), folder(t, t.TempDir(), "features/x", 10, 1)
	Reading(b)()
	if left := locks(t, cache); len(left) != 0 {
		t.Error("a folder that was not known as a cache has locks")
	}
	var u Uses
	u.Use(filepath.Join(cache, "features", "a")) // now it is known
	t.Chdir(cache)
	for _, path := range []string{b, "features/b", "features/../features/b/"} {
		release := Reading(path)
		if done, err := Prune(t.Context(), cache, Policy{MaxBytes: 0, DryRun: true}); err != nil || names(done.InUse) != "a b" {
			t.Errorf("%s: %+v, %v", path, done, err)
		}
		release()
	}
	for _, path := range []string{other, "nosuch", filepath.Join(cache, "mnist", "old")} {
		Reading(path)()
	}
	if done, err := Prune(t.Context(), cache, Policy{MaxBytes: 0}); err != nil || names(done.Removed) != "s c b" {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := os.Stat(filepath.Join(other, "..", "..", usesDir)); err == nil {
		t.Error("a folder outside of the cache has locks")
	}
}

// TestPruneCleansLocks: the lock file of a process that was killed is nobody's, and goes.
func TestPruneCleansLocks(t *testing.T) {
	cache := fill(t)
	stale := filepath.Join(cache, usesDir, "features-killed")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var u Uses
	u.Use(filepath.Join(cache, "features", "b"))
	if _, err := Prune(t.Context(), cache, Policy{MaxBytes: -1}); err != nil {
		t.Fatal(err)
	}
	if left := locks(t, cache); len(left) != 1 || filepath.Base(left[0]) != "features-b" {
		t.Errorf("locks %q", left)
	}
}

// TestUsesAndPrunesAtOnce: whoever uses a folder finds it whole, while others remove what nobody
// uses.
func TestUsesAndPrunesAtOnce(t *testing.T) {
	cache := t.TempDir()
	if err := os.MkdirAll(filepath.Join(cache, "features"), 0o755); err != nil {
		t.Fatal(err)
	}
	var users, pruners sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		pruners.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := Prune(t.Context(), cache, Policy{MaxBytes: 0}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 4 {
		users.Go(func() {
			for i := range 60 {
				if err := useOnce(cache, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	users.Wait()
	close(stop)
	pruners.Wait()
	done, err := Prune(t.Context(), cache, Policy{MaxBytes: 0})
	if entries, _ := List(cache); err != nil || len(entries) != 0 || len(locks(t, cache)) != 0 {
		t.Errorf("%+v, %v, left %v and %v", done, err, entries, locks(t, cache))
	}
}

// useOnce makes a folder as an extraction does, and reads it.
func useOnce(cache string, i int) error {
	dir := filepath.Join(cache, "features", fmt.Sprint(i%2))
	var u Uses
	u.Use(dir)
	defer u.Close()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	l := flock.New(filepath.Join(dir, lockName))
	if err := l.Lock(); err != nil {
		return err
	}
	err := os.WriteFile(filepath.Join(dir, "a.npy"), []byte("features"), 0o644)
	l.Close()
	for range 5 {
		text, rerr := os.ReadFile(filepath.Join(dir, "a.npy"))
		if err = errors.Join(err, rerr); err == nil && len(text) > 8 {
			err = errors.New("half of a file")
		}
	}
	return err
}
