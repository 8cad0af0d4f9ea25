package suite

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// noLocks is a file system that cannot lock files.
func noLocks(*flock.Flock) (bool, error) {
	return false, &os.PathError{Op: "flock", Err: syscall.ENOLCK}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	l, held, err := tryLock(path)
	if err != nil || held != nil {
		t.Fatal(held, err)
	}
	if _, held, err := tryLock(path); err != nil || held == nil || held.PID != os.Getpid() {
		t.Errorf("the second takes it: %v, %v", held, err)
	}
	if h, busy := locked(path); !busy || h.PID != os.Getpid() {
		t.Errorf("a look says %v, %v", h, busy)
	}
	l.Release()
	if _, busy := locked(path); busy {
		t.Error("it is held after its release")
	}
	l, held, err = takeLock(path)
	if err != nil || held != nil {
		t.Fatal(held, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := await(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting gives %v", err)
	}
	go func() {
		time.Sleep(20 * time.Millisecond)
		l.Release()
	}()
	release, err := await(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	release()
}

// Where files cannot be locked, the file is the lock: one has it, one that was left behind is taken
// over, and its old holder notices.
func TestLockWithoutLocks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, held, err := tryLockWith(path, noLocks)
	if err != nil || held != nil {
		t.Fatal(held, err)
	}
	if _, held, err := tryLockWith(path, noLocks); err != nil || held == nil || held.PID != os.Getpid() {
		t.Fatalf("the second takes it: %v, %v", held, err)
	}
	if err := first.Held(); err != nil {
		t.Errorf("the holder lost it: %v", err)
	}
	old := time.Now().Add(-stale - time.Second)
	if err := os.Chtimes(path, old, old); err != nil {
		t.Fatal(err)
	}
	second, held, err := tryLockWith(path, noLocks)
	if err != nil || held != nil {
		t.Fatalf("one that was left behind is not taken: %v, %v", held, err)
	}
	if err := first.Held(); !errors.Is(err, ErrBusy) {
		t.Errorf("the old holder says %v", err)
	}
	first.Release()
	if err := second.Held(); err != nil {
		t.Errorf("the old holder's release takes the lock away: %v", err)
	}
	second.Release()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock is there after its release: %v", err)
	}
}

// The end of a killed process's line does not hide the lines after it.
func TestAttempts(t *testing.T) {
	f, _ := prepare(t, small, t.TempDir())
	c := f.Cells()[0]
	if err := os.MkdirAll(f.Path(c), 0o755); err != nil {
		t.Fatal(err)
	}
	start := time.Now().UTC()
	first := Attempt{Host: "a", PID: 1, Start: start}
	if err := f.addAttempt(c, first); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.Path(c), attemptsFile)
	writeFile(t, path, readFile(t, path)+`{"host":"b","pid":2,"sta`)
	second := Attempt{Host: "c", PID: 3, Start: start.Add(time.Second)}
	ended := second
	ended.End, ended.Exit, ended.Reason = start.Add(time.Minute), 1, "why"
	for _, a := range []Attempt{second, ended} {
		if err := f.addAttempt(c, a); err != nil {
			t.Fatal(err)
		}
	}
	got, err := json.Marshal(f.Attempts(c))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal([]Attempt{first, ended})
	if string(got) != string(want) {
		t.Errorf("read back %s, want %s", got, want)
	}
}
