package runfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// restore is how a config.json comes back: it is written before the first step, and its
// options, those of the machine and of the log apart, decide what is in it.
const restore = "restore " + configFile + " from a copy, or begin the same training in a new folder and copy the " + configFile + " from there"

// training names a file or folder by which a folder is seen to hold a training; "" where
// there is none.
func training(dir string) (string, error) {
	dirs, err := Checkpoints(dir)
	if err != nil {
		return "", err
	}
	if len(dirs) > 0 {
		return filepath.Join(checkpointDir, filepath.Base(dirs[len(dirs)-1])), nil
	}
	if info, err := os.Stat(filepath.Join(dir, metricsFile)); err == nil && info.Size() > 0 {
		return metricsFile, nil
	}
	return "", nil
}

// Lost is the error about a folder without config.json that holds a training all the
// same: nobody can tell with which options it was begun. It is nil where there is none.
func Lost(dir string) error {
	found, err := training(dir)
	if err != nil || found == "" {
		return err
	}
	return fmt.Errorf("%s holds a training (%s) but no %s, so its options are unknown: %s, or use another folder",
		dir, found, configFile, restore)
}

// unread says what to do where the config.json of a folder could not be read with err.
func unread(dir string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return missing(dir)
	case errors.As(err, new(*fs.PathError)):
		return err
	}
	return fmt.Errorf("%w; the file is damaged or no %s of this training: %s, or use another folder", err, configFile, restore)
}

// missing is the error about a folder that has no config.json: it holds a training
// without one, lies within a run folder, or is something else.
func missing(dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("no run folder is there: %w", err)
	}
	if err := Lost(dir); err != nil {
		return err
	}
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if above := filepath.Dir(at); above == at || filepath.Base(at) != checkpointDir && filepath.Base(at) != bestDir && StepOf(at) < 0 {
			break
		} else if Is(above) {
			return fmt.Errorf("%s is not a run folder, but lies in one: give %s", dir, above)
		}
	}
	return fmt.Errorf("%s is not a run folder: it has no %s, and no training was begun in it", dir, configFile)
}

// StepOf is the step that the name of a checkpoint folder says, -1 where it is none.
func StepOf(dir string) int64 {
	m := stepFolder.FindStringSubmatch(filepath.Base(dir))
	if m == nil {
		return -1
	}
	step, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return -1
	}
	return step
}
