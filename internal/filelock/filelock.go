// Package filelock lets programs that replace one file at the same time wait for one another.
package filelock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/gofrs/flock"

	"repbench/internal/atomicfile"
)

// Replace calls change, which replaces the file at path, while no other process and no other
// goroutine does so through Replace. The lock is on the file itself, which is created empty
// where it does not exist, so that no second file is left behind. A file that change replaced
// while this caller waited is another file: the wait starts again on the new one.
func Replace(path string, change func() error) error {
	if err := atomicfile.Writable(path); err != nil {
		return err
	}
	for {
		_, err := os.Stat(path)
		created := errors.Is(err, fs.ErrNotExist)
		l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDONLY), flock.SetPermissions(0o644))
		if err := l.Lock(); err != nil && !noLocks(err) {
			return fmt.Errorf("lock %s: %w", path, err)
		} else if err == nil && !holds(l, path) {
			l.Close()
			continue
		}
		err = change()
		if info, serr := os.Stat(path); err != nil && created && serr == nil && info.Size() == 0 {
			os.Remove(path)
		}
		return errors.Join(err, l.Close())
	}
}

// holds reports whether the locked file is still the file at path.
func holds(l *flock.Flock, path string) bool {
	mine, err := l.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(mine, there)
}

// noLocks reports whether the file system has no locks; one writer at a time is then the
// caller's duty.
func noLocks(err error) bool {
	return errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS)
}
