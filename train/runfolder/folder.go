package runfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"repbench/internal/jsonfile"
	"repbench/internal/outputs"
)

// Files of a run folder.
const (
	configFile  = "config.json"
	metricsFile = "metrics.jsonl"
	logFile     = "log.txt"
	lockFile    = ".lock"
	samplesDir  = "samples"
)

// Read reads the config.json of a run folder. If C has a method Complete, it fills in the
// fields that older versions did not write.
func Read[C any](run string) (C, error) {
	var c C
	err := unread(run, jsonfile.Read(filepath.Join(run, configFile), &c))
	if older, ok := any(&c).(interface{ Complete() }); ok && err == nil {
		older.Complete()
	}
	return c, err
}

// Folder is an open run folder, locked against other processes.
type Folder struct {
	dir     string
	lock    *flock.Flock
	options string // OptionsHash of the configuration, stored in each checkpoint

	tensorboard bool    // an event file is asked for
	events      *events // nil: none is written
}

// Open creates or opens a run folder and compares c, a struct with JSON names, with the
// config.json in it. Fields named in free may differ; other differences give an error wrapping
// ErrDiffers. old is nil for a new folder.
func Open[C any](dir string, c C, free ...string) (_ *Folder, old *C, err error) {
	if err := outputs.Foreign(dir, "a training", mayHold, configFile); err != nil {
		return nil, nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, fmt.Errorf("the run folder %s cannot be made: %w; give another folder, one that does not exist yet", dir, err)
	}
	f, err := lockFolder(dir)
	if err != nil {
		return nil, nil, err
	}
	if old, err = readOld[C](dir); err == nil {
		err = agrees(f, c, old, free)
	}
	if err == nil {
		f.options, err = OptionsHash(c, free...)
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, old, nil
}

// readOld reads a folder's config.json, if it has one.
func readOld[C any](dir string) (*C, error) {
	if _, err := os.Stat(filepath.Join(dir, configFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	c, err := Read[C](dir)
	return &c, err
}

// agrees compares c with the configuration of the folder, if it has one.
func agrees[C any](f *Folder, c C, old *C, free []string) error {
	if old == nil {
		return Lost(f.dir)
	}
	diff := fieldDifferences(c, *old, free...)
	if len(diff) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w: %s; use another folder, or the same options", f.dir, ErrDiffers, strings.Join(diff, "; "))
}

// patience is how long InUse, of another process, may have the lock.
const patience = 200 * time.Millisecond

// lockFolder opens and locks an existing run folder.
func lockFolder(dir string) (*Folder, error) {
	f := &Folder{dir: dir, lock: flock.New(filepath.Join(dir, lockFile))}
	ok, err := f.lock.TryLock()
	for end := time.Now().Add(patience); err == nil && !ok && time.Now().Before(end); ok, err = f.lock.TryLock() {
		time.Sleep(patience / 10)
	}
	if err != nil {
		return nil, fmt.Errorf("lock run folder %s: %w", dir, err)
	}
	if !ok {
		return nil, fmt.Errorf("run folder %s is in use by another process", dir)
	}
	return f, nil
}

// Dir is the path of the folder.
func (f *Folder) Dir() string { return f.dir }

// Options returns the hash of the options that decide the training; its checkpoints store it.
func (f *Folder) Options() string { return f.options }

// Configure writes config.json.
func (f *Folder) Configure(c any) error { return jsonfile.Write(filepath.Join(f.dir, configFile), c) }

// Close unlocks the folder.
func (f *Folder) Close() error { return f.lock.Unlock() }

// Logf appends a line with the date and time to log.txt.
func (f *Folder) Logf(format string, args ...any) error {
	line := time.Now().UTC().Format("2006-01-02 15:04:05 ") + fmt.Sprintf(format, args...) + "\n"
	return appendTo(filepath.Join(f.dir, logFile), []byte(line))
}

func appendTo(path string, b []byte) error {
	w, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return errors.Join(err, w.Close())
}
