// Package outputs checks, before any work is done, the files and folders that a command is
// going to write: that they can be written, and that nothing of another kind is lost.
package outputs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/internal/errkind"
)

// ErrTaken is wrapped by errors about an output that would replace a file which is an input,
// or a part of a folder; a command reports them as wrong usage.
var ErrTaken = errors.New("the output would replace another file")

// Replaces returns an error wrapping ErrTaken if path is one of the input files: the same
// file on disk, or the same name. what is the output in words, such as "--predictions".
func Replaces(what, path string, inputs ...string) error {
	for _, in := range inputs {
		if in != "" && (SameFile(path, in) || sameName(path, in)) {
			return errkind.Errorf(ErrTaken, "%s %s would replace %s, which this command reads; give another file", what, path, in)
		}
	}
	return nil
}

// Belongs returns an error wrapping ErrTaken if path names, or is on disk, a file of the folder
// dir for which own says that it is a part of the folder. kind is the folder in words, such as
// "folder of features".
func Belongs(what, path, dir, kind string, own func(name string) bool) error {
	taken := SameFile(filepath.Dir(path), dir) && own(filepath.Base(path))
	if !taken {
		entries, _ := os.ReadDir(dir) // a folder that is not there has no files
		for _, e := range entries {
			taken = taken || own(e.Name()) && SameFile(path, filepath.Join(dir, e.Name()))
		}
	}
	if taken {
		return errkind.Errorf(ErrTaken, "%s %s would replace a file of the %s %s; give a file outside it", what, path, kind, dir)
	}
	return nil
}

// SameFile reports whether both names lead to one file or folder on disk.
func SameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// sameName reports whether both names are one, in folders that exist or not.
func sameName(a, b string) bool { return place(a) == place(b) }

// Foreign returns an error if the folder dir holds things of another kind. A folder that is
// absent, holds one of the files marks, or only entries for which own is true, is fine. kind
// is what is to be written, in words, such as "a run".
func Foreign(dir, kind string, own func(name string) bool, marks ...string) error {
	for _, m := range marks {
		if _, err := os.Lstat(filepath.Join(dir, m)); err == nil {
			return nil
		}
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, and %s is a folder; give the name of a new folder", dir, kind)
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !own(e.Name()) {
			return fmt.Errorf("folder %s holds %s, which is no part of %s; give the name of a new folder", dir, e.Name(), kind)
		}
	}
	return nil
}
