package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// defaultPerm is the mode of a file made by Create, before the umask.
const defaultPerm = 0o666

// handle is the part of *os.File that File uses; tests replace it with one that fails.
type handle interface {
	io.Writer
	io.WriterAt
	io.Seeker
	io.Closer
	Sync() error
}

// File is a file being written that appears under its name only at Commit. It stores the error
// of its first failed write, and Commit then fails with the same error: a caller who overlooks
// the error cannot publish a damaged file. Write and Seek share one position and must be called
// from one goroutine; WriteAt may be called from many.
type File struct {
	h    handle
	path string // final name, links resolved
	temp string

	mu     sync.Mutex
	err    error // first failed write or sync
	closed bool
}

// Create starts a file that Commit will publish at path, replacing the existing file. A
// symbolic link at path is kept: Commit replaces the file that it points to. The folder must
// exist, and path must not be a folder or a device.
func Create(path string) (*File, error) {
	return create(path, defaultPerm)
}

func create(path string, perm os.FileMode) (*File, error) {
	target, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", path, err)
	}
	f, err := openTemp(target, perm)
	if err != nil {
		return nil, describe("create", path, err)
	}
	return &File{h: f, path: target, temp: f.Name()}, nil
}

// resolve follows a symbolic link at path, and returns an error for anything that a rename must
// not replace.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("the file name is empty")
	}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return path, nil
	}
	if err != nil {
		return "", reason(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return "", fmt.Errorf("the symbolic link cannot be followed: %w", reason(err))
		}
		path = target
		if info, err = os.Stat(path); err != nil {
			return "", reason(err)
		}
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("a %s is there; give the name of a file", kind(info.Mode()))
	}
	return path, nil
}

func kind(m fs.FileMode) string {
	if m.IsDir() {
		return "folder"
	}
	return "special file"
}

// openTemp creates a new file next to target. It does not use os.CreateTemp, whose files are
// private to the user (0600); results in a shared folder are not private.
func openTemp(target string, perm os.FileMode) (*os.File, error) {
	dir, base := filepath.Split(target)
	for n := 0; ; n++ {
		name := filepath.Join(dir, fmt.Sprintf(".%s.%d-%d.tmp", base, os.Getpid(), n))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm)
		if errors.Is(err, fs.ErrExist) && n < 10000 {
			continue
		}
		return f, err
	}
}

// Write appends p at the current position.
func (f *File) Write(p []byte) (int, error) {
	n, err := f.h.Write(p)
	return n, f.note("write", err)
}

// WriteAt writes p at byte offset off, without changing the current position.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.h.WriteAt(p, off)
	return n, f.note("write", err)
}

// Seek sets the position of the next Write, as io.Seeker specifies.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	n, err := f.h.Seek(offset, whence)
	return n, f.note("seek in", err)
}

// Commit syncs the file, closes it and renames it to the final name. On an error it removes the
// temporary file, and the existing file at the final name is unchanged.
func (f *File) Commit() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fmt.Errorf("commit %s: %w", f.path, fs.ErrClosed)
	}
	f.closed = true
	if f.err == nil {
		f.err = describe("write", f.path, f.h.Sync())
	}
	if err := f.h.Close(); f.err == nil {
		f.err = describe("write", f.path, err)
	}
	if f.err == nil {
		f.err = describe("rename a temporary to", f.path, os.Rename(f.temp, f.path))
	}
	if f.err != nil {
		os.Remove(f.temp)
		return f.err
	}
	return describe("sync the folder of", f.path, syncDir(filepath.Dir(f.path)))
}

// Close discards the file unless Commit was called before. After Commit it does nothing, so
// that it can be deferred.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	err := f.h.Close()
	if rerr := os.Remove(f.temp); err == nil {
		err = rerr
	}
	return describe("discard", f.path, err)
}

// note stores the first failure and describes it.
func (f *File) note(verb string, err error) error {
	if err == nil {
		return nil
	}
	err = describe(verb, f.path, err)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	return err
}

// WriteFile writes data to path atomically, with the given mode (before the umask).
func WriteFile(path string, data []byte, perm os.FileMode) error {
	f, err := create(path, perm)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// Rename gives a written and synced file or folder its final name on the same file system, and
// syncs the folder that contains it. If the rename fails, both names are unchanged.
func Rename(temp, path string) error {
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("rename %s to %s: %w", temp, filepath.Base(path), reason(err))
	}
	return describe("sync the folder of", path, syncDir(filepath.Dir(path)))
}

// describe words err with the final name, which the user knows, instead of the temporary name,
// and adds the remedy if there is a known one.
func describe(verb, path string, err error) error {
	if err == nil {
		return nil
	}
	err = reason(err)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%s %s: %w; free some space or choose a folder on another disk", verb, path, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s %s: %w; make the folder %s first", verb, path, err, filepath.Dir(path))
	}
	return fmt.Errorf("%s %s: %w", verb, path, err)
}

// reason strips the operation and the temporary's name from an error of package os.
func reason(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}

// Writable returns the error that Create would give for path, and leaves nothing behind: the
// check before work whose result is to be written there.
func Writable(path string) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	return f.Close()
}
