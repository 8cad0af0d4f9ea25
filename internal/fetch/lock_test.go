package fetch

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Goroutines of one process share a download as processes do.
func TestGoroutinesShareADownload(t *testing.T) {
	data := randomBytes(200_000, 21)
	var requests atomic.Int32
	server := serving(t, func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		good(data)(slow{w}, r)
	})
	f, path := fileOf(data, server.URL), target(t)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := f.Get(context.Background(), path, quick); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if requests.Load() != 1 {
		t.Errorf("%d downloads, want 1", requests.Load())
	}
	wantFile(t, path, data)
	wantOnly(t, path, "data.bin")
}

// lockers are the two kinds of lock, the second with a short beat.
var lockers = []struct {
	name string
	lock func(ctx context.Context, path string, waiting func()) (func(), error)
}{
	{"system", lock},
	{"beat", func(ctx context.Context, path string, waiting func()) (func(), error) {
		return beatLock(ctx, lockPath(path), waiting, 10*time.Millisecond, 2*time.Second)
	}},
}

func TestLockExcludes(t *testing.T) {
	for _, l := range lockers {
		t.Run(l.name, func(t *testing.T) {
			path := target(t)
			var inside, most atomic.Int32
			var waited atomic.Bool
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					release, err := l.lock(context.Background(), path, func() { waited.Store(true) })
					if err != nil {
						t.Error(err)
						return
					}
					if n := inside.Add(1); n > most.Load() {
						most.Store(n)
					}
					time.Sleep(5 * time.Millisecond)
					inside.Add(-1)
					release()
				})
			}
			wg.Wait()
			if most.Load() != 1 || !waited.Load() {
				t.Errorf("%d held the lock at once; waiting was called: %v", most.Load(), waited.Load())
			}
			wantOnly(t, path)
		})
	}
}

func TestLockEndsWithContext(t *testing.T) {
	for _, l := range lockers {
		t.Run(l.name, func(t *testing.T) {
			path := target(t)
			release, err := l.lock(context.Background(), path, func() {})
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			ctx, cancel := context.WithCancel(context.Background())
			_, err = l.lock(ctx, path, cancel)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A lock file left behind by a killed process blocks no other process.
func TestStaleLock(t *testing.T) {
	path := target(t)
	for name, take := range map[string]func() (func(), error){
		"system": func() (func(), error) { return lock(context.Background(), path, func() {}) },
		"beat": func() (func(), error) {
			return beatLock(context.Background(), lockPath(path), func() {}, time.Millisecond, 30*time.Millisecond)
		},
	} {
		if err := os.WriteFile(lockPath(path), []byte("12345\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		release, err := take()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		release()
		wantOnly(t, path)
	}
}

func TestLockInNoFolder(t *testing.T) {
	for _, l := range lockers {
		if _, err := l.lock(context.Background(), filepath.Join(t.TempDir(), "no", "x"), func() {}); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", l.name, err)
		}
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	data := randomBytes(100, 22)
	f, path := fileOf(data, serving(t, func(http.ResponseWriter, *http.Request) { t.Error("asked the server") }).URL), target(t)
	release, err := lock(context.Background(), path, func() {})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := f.Get(ctx, path, quick); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
