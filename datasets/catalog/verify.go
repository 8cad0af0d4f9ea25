package catalog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"repbench/internal/fetch"
)

// FileState is the state of a file found by Verify.
type FileState string

const (
	// Good is a file with the known size and checksum.
	Good FileState = "good"
	// Bad is a file under an official name whose content differs from the official file.
	Bad FileState = "bad"
	// Unknown is a file or folder in the place of a set, with an unknown checksum.
	Unknown FileState = "unknown"
	// Unfinished is an absent file with an unfinished download.
	Unfinished FileState = "unfinished"
	// Absent is a missing official file.
	Absent FileState = "absent"
)

// FileCheck is the state of one file, or one folder of unknown content.
type FileCheck struct {
	Set      string    `json:"set"`               // name of the data set
	Path     string    `json:"path"`              // of the file or folder
	Bytes    int64     `json:"bytes"`             // size on disk
	State    FileState `json:"state"`             // result of the check
	Reason   string    `json:"reason,omitempty"`  // the fault, or the remedy
	Verified time.Time `json:"verified,omitzero"` // time of the last successful check, zero for none
}

// Verify reads the files of the named sets, or of all sets, in the cache folder and compares
// them with the known checksums, regardless of earlier results. It reports absent files for
// named sets, and for sets with another file present. It downloads nothing. A bad file is a
// result; an error means that the check could not be made.
func Verify(ctx context.Context, names []string, o Options) ([]FileCheck, error) {
	o, err := o.Resolve()
	if err != nil {
		return nil, err
	}
	if _, err := o.cachePath(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if c, ok := catalogOf(name); !ok {
			return nil, SpecError(name, "there is no set of that name; there are: %s", FormsText)
		} else if len(c.places) == 0 {
			return nil, SpecError(name, "this set has no files in the cache folder")
		}
	}
	checks := []FileCheck{}
	done := map[string]bool{}
	for _, c := range catalog() {
		named := slices.Contains(names, c.name)
		if len(names) > 0 && !named {
			continue
		}
		found, err := c.verify(ctx, done, o)
		if err != nil {
			return nil, err
		}
		if named || slices.ContainsFunc(found, func(f FileCheck) bool { return f.State != Absent }) {
			checks = append(checks, found...)
		}
	}
	return checks, nil
}

// verify checks the files of a set with known checksums and finds other files in its places. It
// skips paths in done, such as files of another set.
func (c catalogEntry) verify(ctx context.Context, done map[string]bool, o Options) ([]FileCheck, error) {
	if len(c.places) == 0 {
		return nil, nil
	}
	var checks []FileCheck
	dir, files := filepath.Join(o.CacheDir, c.folder), c.files(o)
	if len(files) == 0 {
		dir, files = filepath.Join(o.CacheDir, c.places[0]), c.thereByHand(o)
	}
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		done[dir] = true // its content is known
		if done[path] {
			continue
		}
		done[path] = true
		check, err := c.verifyFile(ctx, f, path, o)
		if err != nil {
			return nil, err
		}
		checks = append(checks, check)
	}
	others := c.unknown(done, o)
	if len(others) > 0 { // with unpacked files, for example, the official ones are not needed
		checks = slices.DeleteFunc(checks, func(f FileCheck) bool { return f.State == Absent })
	}
	checks = append(checks, others...)
	if len(checks) == 0 && len(files) == 0 {
		checks = append(checks, FileCheck{Set: c.name, Path: dir, State: Absent, Reason: c.manual})
	}
	return checks, nil
}

// thereByHand returns the known files of a set that is not downloaded automatically, if they
// are in its folder.
func (c catalogEntry) thereByHand(o Options) (files []remoteFile) {
	for _, f := range c.byHand {
		if _, err := os.Stat(filepath.Join(o.CacheDir, c.places[0], f.Name)); err == nil {
			files = append(files, f)
		}
	}
	return files
}

// unknown returns the places of a set whose content has no known checksum.
func (c catalogEntry) unknown(done map[string]bool, o Options) (checks []FileCheck) {
	for _, place := range c.places {
		path := filepath.Join(o.CacheDir, place)
		if done[path] {
			continue
		}
		if _, err := os.Stat(path); err == nil {
			done[path] = true
			checks = append(checks, FileCheck{Set: c.name, Path: path, Bytes: diskSize(path), State: Unknown,
				Reason: "its checksum is not known"})
		}
	}
	return checks
}

// verifyFile determines the state of one file.
func (c catalogEntry) verifyFile(ctx context.Context, f remoteFile, path string, o Options) (FileCheck, error) {
	check := FileCheck{Set: c.name, Path: path, State: Good}
	known := f.file(nil)
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		check.State, check.Reason = Absent, "repbench data fetch "+c.name+" downloads it"
		if check.Bytes = fetch.PartBytes(path); check.Bytes > 0 {
			check.State = Unfinished
			check.Reason = fmt.Sprintf("%d of %d bytes are there; repbench data fetch %s resumes the download", check.Bytes, f.Size, c.name)
		}
		return check, nil
	}
	if err == nil {
		check.Bytes = info.Size()
		err = known.Verify(ctx, path, o.Progress)
	}
	var m *fetch.Mismatch
	switch {
	case ctx.Err() != nil:
		return check, ctx.Err()
	case errors.As(err, &m):
		check.State, check.Reason = Bad, m.Reason
	case err != nil:
		check.State, check.Reason = Bad, fmt.Sprintf("it cannot be read: %v", err)
	}
	v := o.verified()
	if check.State == Bad {
		v.forget(path)
		return check, nil
	}
	v.note(path, known.Sum())
	check.Verified = time.Now().UTC()
	return check, nil
}
