package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

// Times of locks.
const (
	// heartbeat is how often the holder of a lock says that it lives, stale after what time without it
	// a lock counts as left behind, where the file system cannot lock files.
	heartbeat = 30 * time.Second
	stale     = 5 * time.Minute
	// patience is how long a look at the state of a cell may hold its lock.
	patience = time.Second
	// again is how often a lock that is awaited is tried.
	again = 250 * time.Millisecond
)

// ErrBusy is the kind of error of a cell that another process works on.
var ErrBusy = errors.New("another process works on it")

// holder is the content of a lock: who holds it.
type holder struct {
	Host string    `json:"host"`
	PID  int       `json:"pid"`
	Job  string    `json:"job,omitempty"` // of an engine
	Time time.Time `json:"time"`
}

// String names the holder for people.
func (h holder) String() string {
	if h.Host == "" {
		return "another process"
	}
	text := fmt.Sprintf("process %d on %s", h.PID, h.Host)
	if h.Job != "" {
		text += ", job " + h.Job
	}
	return text
}

// me is this process.
func me() holder {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return holder{Host: host, PID: os.Getpid(), Job: jobName(), Time: time.Now().UTC()}
}

// lock is a lock that is held.
type lock struct {
	path string
	file *flock.Flock // nil: the file system cannot lock, and the file itself is the lock
	who  holder
	stop chan struct{}
	done sync.WaitGroup
}

// tryLock takes a lock; held is nil where it could, else who has it. err is about the file.
func tryLock(path string) (l *lock, held *holder, err error) {
	return tryLockWith(path, func(f *flock.Flock) (bool, error) { return f.TryLock() })
}

// tryLockWith is tryLock with the call that locks, which tests replace.
func tryLockWith(path string, try func(*flock.Flock) (bool, error)) (*lock, *holder, error) {
	l := &lock{path: path, file: flock.New(path), who: me(), stop: make(chan struct{})}
	ok, err := try(l.file)
	switch {
	case unsupported(err):
		l.file.Close()
		l.file = nil
		if held, err := l.create(); held != nil || err != nil {
			return nil, held, err
		}
	case err != nil:
		return nil, nil, fmt.Errorf("lock %s: %w", path, err)
	case !ok:
		h := readHolder(path)
		return nil, &h, nil
	default:
		if err := l.write(); err != nil {
			l.file.Close()
			return nil, nil, err
		}
	}
	l.done.Go(l.beat)
	return l, nil, nil
}

// unsupported reports whether a file system cannot lock files.
func unsupported(err error) bool {
	for _, e := range []error{syscall.ENOLCK, syscall.ENOSYS, syscall.ENOTSUP, syscall.EOPNOTSUPP} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// create makes the file that is the lock. One that was left behind is taken over.
func (l *lock) create() (*holder, error) {
	text, err := json.Marshal(l.who)
	if err != nil {
		return nil, err
	}
	own := fmt.Sprintf("%s.%s-%d", l.path, l.who.Host, l.who.PID)
	if err := os.WriteFile(own, text, 0o644); err != nil {
		return nil, err
	}
	defer os.Remove(own)
	if err := os.Link(own, l.path); err == nil { // unlike a rename, a link replaces nothing
		return nil, nil
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	info, err := os.Stat(l.path)
	if err == nil && time.Since(info.ModTime()) < stale {
		h := readHolder(l.path)
		return &h, nil
	}
	if err := os.Rename(own, l.path); err != nil {
		return nil, err
	}
	time.Sleep(again) // another process may do the same; the last one has it
	if h := readHolder(l.path); !h.same(l.who) {
		return &h, nil
	}
	return nil, nil
}

// same reports whether two holders are one.
func (h holder) same(o holder) bool {
	return h.Host == o.Host && h.PID == o.PID && h.Time.Equal(o.Time)
}

// write says in the file who holds the lock. A file that is locked is written in place.
func (l *lock) write() error {
	text, err := json.Marshal(l.who)
	if err != nil {
		return err
	}
	return os.WriteFile(l.path, text, 0o644)
}

// beat shows that the holder lives.
func (l *lock) beat() {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case now := <-tick.C:
			_ = os.Chtimes(l.path, now, now)
		}
	}
}

// Held says that another process took the lock, as it can where a process slept longer than a lock
// lasts on a file system that cannot lock files.
func (l *lock) Held() error {
	if h := readHolder(l.path); l.file == nil && !h.same(l.who) {
		return fmt.Errorf("%w: this process was silent for more than %s, and %s took its place", ErrBusy, stale, h)
	}
	return nil
}

// Release gives the lock back.
func (l *lock) Release() {
	close(l.stop)
	l.done.Wait()
	if l.file == nil {
		if l.Held() == nil {
			os.Remove(l.path)
		}
		return
	}
	_ = os.Truncate(l.path, 0)
	_ = l.file.Close()
}

// Remove gives the lock back and removes its file, which is safe where no one else takes the same lock.
func (l *lock) Remove() {
	l.Release()
	_ = os.Remove(l.path)
}

// readHolder reads who holds a lock; the zero value where the file does not say.
func readHolder(path string) (h holder) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &h) != nil {
		return holder{}
	}
	return h
}

// locked reports whether a lock is held, without holding it longer than a look takes.
func locked(path string) (*holder, bool) {
	if _, err := os.Stat(path); err != nil {
		return nil, false
	}
	file := flock.New(path)
	defer file.Close()
	ok, err := file.TryRLock()
	h := readHolder(path)
	if unsupported(err) {
		info, err := os.Stat(path)
		return &h, err == nil && time.Since(info.ModTime()) < stale
	}
	return &h, err == nil && !ok
}

// takeLock is tryLock for a lock that a look may hold for a moment.
func takeLock(path string) (*lock, *holder, error) {
	for end := time.Now().Add(patience); ; time.Sleep(again / 10) {
		l, held, err := tryLock(path)
		if held == nil || err != nil || time.Now().After(end) {
			return l, held, err
		}
	}
}

// await takes a lock, and waits until it can.
func await(ctx context.Context, path string, waiting ...func(holder)) (release func(), err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	for said := false; ; {
		l, held, err := tryLock(path)
		if err != nil {
			return nil, err
		}
		if held == nil {
			return l.Release, nil
		}
		if !said && held.Host != "" {
			said = true
			for _, w := range waiting {
				w(*held)
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("interrupted while %s held %s: %w", held, path, context.Cause(ctx))
		case <-time.After(again):
		}
	}
}

// jobName is the engine's name of the job that this process is a part of; "": none is known.
func jobName() string {
	if array := os.Getenv("SLURM_ARRAY_JOB_ID"); array != "" {
		return array + "_" + os.Getenv("SLURM_ARRAY_TASK_ID")
	}
	for _, name := range []string{"SLURM_JOB_ID", "REPBENCH_JOB"} {
		if job := os.Getenv(name); job != "" {
			return job
		}
	}
	return ""
}
