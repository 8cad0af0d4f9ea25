package train

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/jsonfile"
)

// What follows serves trainings of other models than DCGANs, so that their run
// folders, checkpoints, optimiser and order of images are the same.

// Folder is an open run folder, locked against other processes.
type Folder struct{ f *folder }

// OpenFolder creates or opens a run folder and checks c, a struct with JSON
// names, against the config.json in it; fields named in free may differ, others
// are refused with an error wrapping ErrDiffers. old is nil for a new folder.
func OpenFolder[C any](dir string, c C, free ...string) (_ *Folder, old *C, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	f, err := lockFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	old, err = readOld[C](dir)
	switch {
	case err == nil && old == nil:
		err = f.unbegun()
	case err == nil:
		if diff := fieldDifferences(c, *old, free...); len(diff) > 0 {
			err = f.differs(diff)
		}
	}
	if err == nil {
		f.options, err = optionsHash(c, free...)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return &Folder{f}, old, nil
}

// readOld reads a folder's config.json, if it has one.
func readOld[C any](dir string) (*C, error) {
	if _, err := os.Stat(filepath.Join(dir, configFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	c, err := ReadConfigAs[C](dir)
	return &c, err
}

// Close unlocks the folder.
func (f *Folder) Close() error { return f.f.close() }

// Configure writes config.json.
func (f *Folder) Configure(c any) error {
	return jsonfile.Write(filepath.Join(f.f.dir, configFile), c)
}

// Logf appends a line with the time of day to log.txt.
func (f *Folder) Logf(format string, args ...any) error { return f.f.logf(format, args...) }

// AppendMetrics appends m as a line of metrics.jsonl.
func (f *Folder) AppendMetrics(m any) error { return f.f.appendMetrics(m) }

// Rewind drops the lines of metrics.jsonl after a step and a last line that a
// kill cut short, and returns the last line that stays.
func Rewind[M any](f *Folder, step int64, stepOf func(M) int64) (last M, err error) {
	return rewind(f.f, step, stepOf)
}

// Save writes a checkpoint of all arrays of the store and keeps the newest ones.
// Arrays that are not finite are refused with an error wrapping ErrDiverged.
func (f *Folder) Save(store *model.Store, s State, keep int) error {
	s.Options = f.f.options
	if err := saveStore(store, f.f.dir, s); err != nil {
		return err
	}
	return prune(f.f.dir, keep)
}

// Resume is Restore for a training that goes on in the folder: a checkpoint that
// was written with other options is refused with an error wrapping ErrDiffers.
func (f *Folder) Resume(store *model.Store) (*State, error) {
	s, err := Restore(store, f.f.dir)
	if err != nil || s == nil {
		return nil, err
	}
	return s, f.f.owns(*s)
}

// RestoreAs is Restore for a folder whose config.json is c, read from it; a
// checkpoint that was written with other options is refused as by Resume.
func RestoreAs(store *model.Store, run string, c any, free ...string) (*State, error) {
	s, err := Restore(store, run)
	if err != nil || s == nil {
		return nil, err
	}
	options, err := optionsHash(c, free...)
	if err != nil {
		return nil, err
	}
	return s, s.writtenWith(run, options)
}

// Restore reads the newest checkpoint of a run folder into the store, all of
// whose variables it must hold. The state is nil where there is no checkpoint.
func Restore(store *model.Store, run string) (*State, error) {
	dirs, err := checkpoints(run)
	if err != nil || len(dirs) == 0 {
		return nil, err
	}
	s, err := loadStore(store, dirs[len(dirs)-1])
	return &s, err
}
