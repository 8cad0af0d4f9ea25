package nearfiles

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/gofrs/flock"
)

// lockFolder makes a folder and takes it for one search: two at once would write the same
// unfinished arrays, and one could give its name to the result of the other. The lock is on the
// folder itself, so that no file is left behind; a file system without locks has none.
func lockFolder(dir string) (*flock.Flock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	l := flock.New(dir, flock.SetFlag(os.O_RDONLY))
	ok, err := l.TryLock()
	switch {
	case errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOLCK) || errors.Is(err, syscall.ENOSYS):
		return l, nil
	case err != nil:
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	case !ok:
		return nil, fmt.Errorf("another search is writing to folder %s: wait for its end, or give another folder", dir)
	}
	return l, nil
}
