package runfolder

import (
	"fmt"
	"os"
	"path/filepath"
)

// SetBest replaces the checkpoint that was best so far with one of this step. write is as in
// AddCheckpoint.
func (f *Folder) SetBest(step int64, write func(dir string) error) error {
	parent := filepath.Join(f.dir, bestDir)
	old, err := stepsIn(parent)
	if err != nil {
		return err
	}
	fresh := filepath.Join(parent, StepName(step))
	for _, dir := range old {
		if dir == fresh { // of a training that was resumed before this step
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	if err := addTo(parent, step, write); err != nil {
		return err
	}
	for _, dir := range old {
		if dir == fresh {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return removeParts(parent)
}

// Best is the folder of the checkpoint that was best so far, "" without one. After a process was
// killed between writing one and removing the one before, it is the later one.
func (f *Folder) Best() (string, error) { return best(f.dir) }

func best(run string) (string, error) {
	dirs, err := stepsIn(filepath.Join(run, bestDir))
	if err != nil || len(dirs) == 0 {
		return "", err
	}
	return dirs[len(dirs)-1], nil
}

// BestCheckpoint is the folder of the checkpoint of a run that was best by what the training measured.
func BestCheckpoint(run string) (string, error) {
	dir, err := best(run)
	if err == nil && dir == "" {
		err = fmt.Errorf("%s keeps no best checkpoint: train with --measure nnc, or take the newest one", run)
	}
	return dir, err
}

// IsBest says whether the folder of a checkpoint is one that was kept as the best.
func IsBest(dir string) bool { return filepath.Base(filepath.Dir(filepath.Clean(dir))) == bestDir }
