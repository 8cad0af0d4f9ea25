package cache

import (
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"
)

// usesDir is the folder of the cache folder with a lock file for each folder of derived data that is
// in use. The files lie outside of these folders, so that a folder can be removed and made again
// while processes wait for its lock.
const usesDir = ".use"

// Uses are the folders of derived data that a process made or read. No Prune, of this process or
// of another, removes one of them before Close. Where the file system has no locks, or the cache
// folder cannot be written to, nothing is held; Prune removes nothing there either.
//
// The zero value is ready to use. A nil *Uses holds nothing.
type Uses struct {
	mu   sync.Mutex
	held map[string]*flock.Flock // by folder
}

// Use says that the process makes or reads the folder CACHE/KIND/KEY, which need not exist yet. It
// waits while another process removes the folder.
func (u *Uses) Use(dir string) {
	Touch(dir)
	if u == nil {
		return
	}
	dir = filepath.Clean(dir)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.held[dir] != nil {
		return
	}
	if l := share(useFile(dir)); l != nil {
		if u.held == nil {
			u.held = map[string]*flock.Flock{}
		}
		u.held[dir] = l
	}
}

// Reading is Use of a folder that a user named, which may lie in a cache folder or anywhere else. It
// returns the function that gives the folder back.
func Reading(dir string) (release func()) {
	real, err := filepath.Abs(dir)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	kind := filepath.Dir(real)
	if err != nil || !slices.Contains(Kinds, filepath.Base(kind)) {
		return func() {}
	}
	if info, err := os.Stat(filepath.Join(filepath.Dir(kind), usesDir)); err != nil || !info.IsDir() {
		return func() {} // no cache folder
	}
	var u Uses
	u.Use(real)
	return u.Close
}

// Held is the number of folders in use.
func (u *Uses) Held() int {
	if u == nil {
		return 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	return len(u.held)
}

// Close gives all folders back.
func (u *Uses) Close() {
	if u == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for dir, l := range u.held {
		l.Close()
		clean(useFile(dir))
	}
	u.held = nil
}

// useFile is the lock file of a folder CACHE/KIND/KEY.
func useFile(dir string) string {
	kind := filepath.Dir(dir)
	return filepath.Join(filepath.Dir(kind), usesDir, filepath.Base(kind)+"-"+filepath.Base(dir))
}

// share locks a file together with other users; nil where that is not possible.
func share(name string) *flock.Flock {
	l, _ := lockFile(name, func(l *flock.Flock) (bool, error) { return true, l.RLock() })
	return l
}

// alone locks a file alone; nil without an error while another process, or this one, uses it.
func alone(name string) (*flock.Flock, error) {
	return lockFile(name, (*flock.Flock).TryLock)
}

// lockFile locks a file, which it makes. A file that its last user removed in the meantime is made
// anew.
func lockFile(name string, lock func(*flock.Flock) (bool, error)) (*flock.Flock, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	for {
		l := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDONLY), flock.SetPermissions(0o644))
		if ok, err := lock(l); err != nil || !ok {
			l.Close()
			return nil, err
		}
		held, err := l.Stat()
		there, gone := os.Stat(name)
		if err == nil && gone == nil && os.SameFile(held, there) {
			return l, nil
		}
		l.Close()
	}
}

// retire removes a file that is locked alone, and unlocks it.
func retire(l *flock.Flock) {
	os.Remove(l.Path())
	l.Close()
}

// clean removes a lock file that nobody has.
func clean(name string) {
	if l, _ := alone(name); l != nil {
		retire(l)
	}
}
