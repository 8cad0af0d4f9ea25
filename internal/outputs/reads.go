package outputs

import (
	"path/filepath"
	"slices"
	"strings"

	"repbench/internal/errkind"
)

// File is an output of a command: the flag that names it, such as "--npy", and its path; "" is none.
type File struct{ Flag, Path string }

// Folder is a folder of which a command reads files.
type Folder struct {
	// Path is the folder, Kind what it is in words: "folder of features".
	Path, Kind string
	// Owns says whether a file that an output names is a part of the folder; name is its path from the
	// folder with slashes, there whether it exists.
	Owns func(name string, there bool) bool
}

// Reads is what a command reads. The zero value is nothing.
type Reads struct {
	// Files are files; "" is none.
	Files []string
	// Folders are folders of which some files are read.
	Folders []Folder
}

// With is r with more files.
func (r Reads) With(files ...string) Reads {
	r.Files = slices.Concat(r.Files, files)
	return r
}

// And is what either of them reads.
func (r Reads) And(other Reads) Reads {
	return Reads{slices.Concat(r.Files, other.Files), slices.Concat(r.Folders, other.Folders)}
}

// Check returns an error wrapping ErrTaken if one of the outputs would replace what is read, or if
// two of them name one file: by the same name, by another way to it, or by a link.
func (r Reads) Check(outs ...File) error {
	outs = slices.DeleteFunc(slices.Clone(outs), func(f File) bool { return f.Path == "" })
	for i, f := range outs {
		if err := Replaces(f.Flag, f.Path, r.Files...); err != nil {
			return err
		}
		for _, dir := range r.Folders {
			if err := dir.check(f); err != nil {
				return err
			}
		}
		for _, other := range outs[:i] {
			if SameFile(f.Path, other.Path) || place(f.Path) == place(other.Path) {
				return errkind.Errorf(ErrTaken, "%s and %s name the same file %s, so that one result would replace the other; give two", other.Flag, f.Flag, f.Path)
			}
		}
	}
	return nil
}

// check is Check for one folder and one output.
func (d Folder) check(f File) error {
	path, dir := place(f.Path), place(d.Path)
	rel, err := filepath.Rel(dir, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil
	}
	if d.Owns(filepath.ToSlash(rel), SameFile(path, path)) {
		return errkind.Errorf(ErrTaken, "%s %s would replace or add a file of the %s %s, which this command reads; give a file outside it", f.Flag, f.Path, d.Kind, d.Path)
	}
	return nil
}

// place is where a file is or would be made: its full path without links.
func place(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path // in a folder that is not there
}
