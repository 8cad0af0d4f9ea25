package fetch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

const (
	// beat is the interval at which the holder of a lock file without a system lock shows that
	// it is alive. After beatLost without such a sign it is considered dead.
	beat     = time.Second
	beatLost = 15 * time.Second
)

// lockPath returns the lock file of the file at path, in the same folder.
func lockPath(path string) string {
	dir, base := filepath.Split(path)
	return filepath.Join(dir, "."+base+".lock")
}

// lock waits until only this goroutine may write the file at path, and calls waiting now and
// then meanwhile. The system releases the lock of a process that dies, so that a leftover lock
// file blocks no other process.
func lock(ctx context.Context, path string, waiting func()) (release func(), err error) {
	name := lockPath(path)
	for {
		release, err := tryLock(name)
		if unsupported(err) {
			return beatLock(ctx, name, waiting, beat, beatLost)
		}
		if release != nil || err != nil {
			return release, err
		}
		waiting()
		if err := sleep(ctx, lockPoll); err != nil {
			return nil, err
		}
	}
}

// tryLock returns nil, nil if another process holds the lock. The holder removes the file
// before it releases the lock, and so a lock counts only if its file is the one that has the
// name now.
func tryLock(name string) (release func(), err error) {
	l := flock.New(name, flock.SetPermissions(0o666))
	ok, err := l.TryLock()
	if err != nil || !ok {
		l.Close()
		return nil, err
	}
	mine, err1 := l.Stat()
	named, err2 := os.Stat(name)
	if err1 != nil || err2 != nil || !os.SameFile(mine, named) {
		return nil, l.Close()
	}
	return func() {
		os.Remove(name)
		l.Close()
	}, nil
}

// unsupported reports whether the file system has no locks, like some network file systems.
func unsupported(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.ENOLCK)
}

// beatLock is lock for systems without locks: the file itself is the lock, and its modification
// time shows that the holder is alive. Only the waiter's own clock is used. Two waiters that
// take over a dead holder's lock at the same instant may both succeed; the checksum keeps even
// their download right.
func beatLock(ctx context.Context, name string, waiting func(), beat, lost time.Duration) (func(), error) {
	var seen time.Time // the holder's last sign of life,
	var since time.Time
	for {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil {
			fmt.Fprintln(f, strconv.Itoa(os.Getpid()))
			f.Close()
			return keepBeating(name, beat), nil
		}
		if !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		info, err := os.Stat(name)
		switch {
		case err != nil: // released just now
			continue
		case !info.ModTime().Equal(seen):
			seen, since = info.ModTime(), time.Now()
		case time.Since(since) > lost:
			os.Remove(name)
			continue
		}
		waiting()
		if err := sleep(ctx, min(lockPoll, lost/4)); err != nil {
			return nil, err
		}
	}
}

// keepBeating updates the file's time until the returned function is called.
func keepBeating(name string, every time.Duration) (release func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				_ = os.Chtimes(name, now, now)
			case <-stop:
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		os.Remove(name)
	}
}

// sleep waits for d, or until the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
