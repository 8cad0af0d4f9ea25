package runfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"repbench/internal/atomicfile"
)

// A checkpoint is a folder named like checkpoints/step-00000500. It receives this name only
// when it is complete and on disk.
const (
	checkpointDir = "checkpoints"
	bestDir       = "best" // holds the one checkpoint that was best
	partPrefix    = ".part-"
)

// StepName is the name of the checkpoint folder of a step.
func StepName(step int64) string { return fmt.Sprintf("step-%08d", step) }

// AddCheckpoint creates the checkpoint of a step. write receives an empty folder and writes the
// files into it; they must be on disk when it returns.
func (f *Folder) AddCheckpoint(step int64, write func(dir string) error) error {
	return addTo(filepath.Join(f.dir, checkpointDir), step, write)
}

func addTo(parent string, step int64, write func(dir string) error) error {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, partPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := write(tmp); err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return atomicfile.Rename(tmp, filepath.Join(parent, StepName(step)))
}

// stepFolder matches the name of a checkpoint folder.
var stepFolder = regexp.MustCompile(`^step-([0-9]{8,18})$`)

// Checkpoints lists the checkpoint folders of a run, oldest first.
func Checkpoints(run string) ([]string, error) { return stepsIn(filepath.Join(run, checkpointDir)) }

// stepsIn lists the checkpoint folders in a folder, oldest first.
func stepsIn(parent string) ([]string, error) {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var steps []int64
	for _, e := range entries {
		if n := StepOf(e.Name()); n >= 0 && e.IsDir() {
			steps = append(steps, n)
		}
	}
	slices.Sort(steps)
	dirs := make([]string, len(steps))
	for i, n := range steps {
		dirs[i] = filepath.Join(parent, StepName(n))
	}
	return dirs, nil
}

// PruneCheckpoints keeps the newest keep checkpoints, removes older ones, and removes what a
// killed process left half-written.
func (f *Folder) PruneCheckpoints(keep int) error {
	dirs, err := Checkpoints(f.dir)
	if err != nil {
		return err
	}
	for len(dirs) > keep {
		if err := os.RemoveAll(dirs[0]); err != nil {
			return err
		}
		dirs = dirs[1:]
	}
	return removeParts(filepath.Join(f.dir, checkpointDir))
}

// removeParts removes what a killed process left half-written.
func removeParts(parent string) error {
	parts, err := filepath.Glob(filepath.Join(parent, partPrefix+"*"))
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := os.RemoveAll(p); err != nil {
			return err
		}
	}
	return nil
}
