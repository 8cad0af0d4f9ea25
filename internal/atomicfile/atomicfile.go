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

// handle is the part of *os.File that File needs; tests put a failing one in.
type handle interface {
	io.Writer
	io.WriterAt
	io.Seeker
	io.Closer
	Sync() error
}

// File is a file being written that appears under its name only at Commit. Its
// first failed write is remembered: Commit then fails with the same error, so
// that a caller who overlooks one cannot publish a damaged file. Write and Seek
// share one position and are for one goroutine; WriteAt may be called from many.
type File struct {
	h    handle
	path string // final name, links resolved
	temp string

	mu     sync.Mutex
	err    error // first failed write or sync
	closed bool
}

// Create starts a file that Commit will put at path, replacing what is there.
// A symbolic link at path stays: the file that it points to is replaced. The
// folder must exist, and path must not be a folder or a device.
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

// resolve follows a symbolic link at path and refuses what a rename must not replace.
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

// openTemp makes a new file beside target. os.CreateTemp is not used because its
// files are private to the user (0600), which results in a shared folder are not.
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

// WriteAt writes p at byte offset off, leaving the current position alone.
func (f *File) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.h.WriteAt(p, off)
	return n, f.note("write", err)
}

// Seek sets the position of the next Write, as io.Seeker says.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	n, err := f.h.Seek(offset, whence)
	return n, f.note("seek in", err)
}

// Commit syncs what was written, closes it and renames it to the final name. On
// an error the temporary is removed and what was at the final name stays.
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

// Close discards the file unless Commit was called before; after Commit it does
// nothing, so that it can be deferred.
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

// note remembers the first failure and words it.
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

// WriteFile puts data at path, atomically, with the given mode (before the umask).
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

// Rename gives a file or folder that is already written and synced its final name, on the
// same file system, and syncs the folder that it is then in. If the rename fails, both
// names keep what they had.
func Rename(temp, path string) error {
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("rename %s to %s: %w", temp, filepath.Base(path), reason(err))
	}
	return describe("sync the folder of", path, syncDir(filepath.Dir(path)))
}

// describe words err with the final name, which the user knows, in place of the
// temporary's, and says what helps where that is known.
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
