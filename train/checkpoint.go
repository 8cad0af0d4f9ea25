package train

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"

	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/train/runfolder"
)

// A checkpoint consists of the files of a GoMLX checkpoint (JSON and raw arrays) and
// state.json. The same training state gives the same bytes.
const (
	checkpointBase = "checkpoint-n0000000" // the form that GoMLX looks for
	stateFile      = "state.json"
)

// State is the content of state.json: what a checkpoint holds beside the arrays.
type State struct {
	// Step is the number of updates done.
	Step int64 `json:"step"`
	// Images is the number of training images seen, with repetition.
	Images int64 `json:"images"`
	// Losses holds the newest outputs of the updates, by name.
	Losses map[string]float64 `json:"losses"`
	// Certain is the number of consecutive updates in which a DCGAN's D made no error; see
	// checkCollapse.
	Certain int64 `json:"certain"`
	// Options is the SHA-256 of the options that decide the training, so that a checkpoint of
	// another run is recognised; "" in older checkpoints.
	Options string `json:"options,omitempty"`
	// Best is the measured value for which a best checkpoint was kept; nil in other checkpoints.
	Best *float64 `json:"best,omitempty"`
	// SHA256 holds the hashes of the files of the GoMLX checkpoint, by file name.
	SHA256 map[string]string `json:"sha256"`
}

// Save writes a checkpoint of all arrays of the store into the run folder and removes all but
// the newest keep checkpoints. Arrays with a NaN or an infinity are refused with an error
// wrapping ErrDiverged.
func Save(f *runfolder.Folder, store *model.Store, s State, keep int) error {
	s.Options = f.Options()
	if err := f.AddCheckpoint(s.Step, func(dir string) error { return s.write(store, dir) }); err != nil {
		return err
	}
	return f.PruneCheckpoints(keep)
}

// write writes the files of a checkpoint into an empty folder.
func (s State) write(store *model.Store, dir string) (err error) {
	if err := writeArrays(store, dir); err != nil {
		return fmt.Errorf("write checkpoint of step %d: %w", s.Step, err)
	}
	if s.SHA256, err = hashFiles(dir); err != nil {
		return err
	}
	return jsonfile.Write(filepath.Join(dir, stateFile), s)
}

// Resume calls Restore for a training that continues in the folder.
func Resume(f *runfolder.Folder, store *model.Store) (*State, error) {
	return Restore(f.Dir(), f.Options(), store)
}

// Restore reads the newest checkpoint of a run folder into the store; the checkpoint must hold
// all variables of the store. The state is nil if there is no checkpoint. options is the hash
// of the options in the folder's config.json; a checkpoint written with other options is
// refused with an error wrapping ErrDiffers. Checkpoints of older versions hold no such hash
// and are accepted.
func Restore(run, options string, store *model.Store) (*State, error) {
	dirs, err := runfolder.Checkpoints(run)
	if err != nil || len(dirs) == 0 {
		return nil, err
	}
	return RestoreFrom(run, dirs[len(dirs)-1], options, store)
}

// RestoreFrom is Restore of the checkpoint in the folder dir.
func RestoreFrom(run, dir, options string, store *model.Store) (*State, error) {
	s, err := readState(dir)
	if err != nil {
		return nil, unusable(dir, err)
	}
	if err := runfolder.SameOptions(run, s.Step, s.Options, options); err != nil {
		return nil, err // before shapes differ, which says less
	}
	return &s, loadArrays(store, dir)
}

// CheckOptions is the part of Restore that compares the options, for a caller who has to
// do so before there is a model: options that differ may name none. What cannot be read
// is left to Restore.
func CheckOptions(run, options string) error {
	dirs, err := runfolder.Checkpoints(run)
	if err != nil || len(dirs) == 0 {
		return err
	}
	var s State
	if err := jsonfile.Read(filepath.Join(dirs[len(dirs)-1], stateFile), &s); err != nil {
		return nil
	}
	return runfolder.SameOptions(run, s.Step, s.Options, options)
}

// writeArrays saves every variable, in the order of creation, with GoMLX's checkpoint handler.
// It renames the files so that their names do not hold the time of day.
func writeArrays(store *model.Store, dir string) error {
	snapshot := model.NewStore()
	for v := range store.IterVariables() {
		t, err := v.Value()
		if err != nil {
			return fmt.Errorf("read %s: %w", v.Path(), err)
		}
		host, err := t.LocalClone()
		if err != nil {
			return fmt.Errorf("copy %s: %w", v.Path(), err)
		}
		if err := checkFinite(host); err != nil {
			return fmt.Errorf("%w: %s holds %w", ErrDiverged, v.Path(), err)
		}
		if _, err := snapshot.CreateVariable(v.Path(), host); err != nil {
			return err
		}
	}
	defer snapshot.Finalize()
	h, err := checkpoint.Build(snapshot).Dir(dir).Keep(-1).WithCompression(checkpoint.BinUncompressed).Done()
	if err != nil {
		return err
	}
	if err := h.Save(); err != nil {
		return err
	}
	names, err := h.ListCheckpoints()
	if err != nil {
		return err
	}
	for _, suffix := range []string{checkpoint.BinDataSuffix, checkpoint.JsonNameSuffix} {
		if err := publish(filepath.Join(dir, names[len(names)-1]+suffix), filepath.Join(dir, checkpointBase+suffix)); err != nil {
			return err
		}
	}
	return nil
}

// publish syncs a file to disk and renames it.
func publish(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return atomicfile.Rename(from, to)
}

// checkFinite returns an error if t holds a NaN or an infinity.
func checkFinite(t *tensors.Tensor) error {
	values, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return err
	}
	if i := NotFinite(values); i >= 0 {
		return fmt.Errorf("%g at index %d", values[i], i)
	}
	return nil
}

// NotFinite returns the index of the first NaN or infinity, or -1.
func NotFinite(values []float32) int {
	for i, v := range values {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashFiles hashes both files of a GoMLX checkpoint.
func hashFiles(dir string) (map[string]string, error) {
	sums := map[string]string{}
	for _, suffix := range []string{checkpoint.BinDataSuffix, checkpoint.JsonNameSuffix} {
		name := checkpointBase + suffix
		sum, err := hashFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		sums[name] = sum
	}
	return sums, nil
}

// LoadCheckpoint reads a checkpoint folder into a store; it must hold all variables of the
// store.
func LoadCheckpoint(store *model.Store, dir string) (State, error) {
	s, err := readState(dir)
	if err != nil {
		return s, unusable(dir, err)
	}
	return s, loadArrays(store, dir)
}

// unusable is the error about a checkpoint that is damaged.
func unusable(dir string, err error) error {
	if runfolder.IsBest(dir) {
		return fmt.Errorf("checkpoint %s cannot be used: %w; remove this folder: the newest checkpoint stays, and a training that goes on keeps the next best one", dir, err)
	}
	return fmt.Errorf("checkpoint %s cannot be used: %w; remove this folder to resume from the checkpoint before it", dir, err)
}

// loadArrays reads the arrays of a checkpoint folder into a store.
func loadArrays(store *model.Store, dir string) error {
	loaded := model.NewStore()
	if _, err := checkpoint.Load(loaded).Dir(dir).Immediate().Done(); err != nil {
		return fmt.Errorf("checkpoint %s: %w", dir, err)
	}
	const other = "config.json names another model than the one that was trained; restore it, or use another folder"
	for v := range store.IterVariables() {
		from := loaded.GetVariable(v.Path())
		if from == nil {
			return fmt.Errorf("checkpoint %s holds no %s: %s", dir, v.Path(), other)
		}
		if !from.Shape().Equal(v.Shape()) {
			return fmt.Errorf("checkpoint %s: %s has shape %s, the model wants %s: %s", dir, v.Path(), from.Shape(), v.Shape(), other)
		}
		t, err := from.Value()
		if err != nil {
			return fmt.Errorf("checkpoint %s: %s: %w", dir, v.Path(), err)
		}
		if err := v.SetValue(t); err != nil {
			return fmt.Errorf("checkpoint %s: %s: %w", dir, v.Path(), err)
		}
	}
	return nil
}

// readState reads state.json and checks it against the folder's name, and the other files
// against its hashes.
func readState(dir string) (State, error) {
	var s State
	if err := jsonfile.Read(filepath.Join(dir, stateFile), &s); err != nil {
		return s, err
	}
	if named := runfolder.StepOf(dir); named >= 0 && named != s.Step {
		return s, fmt.Errorf("%s is of step %d and the folder's name of step %d: if the folder was renamed, give it the name %s again; if not, files of two checkpoints were mixed", stateFile, s.Step, named, runfolder.StepName(s.Step))
	}
	sums, err := hashFiles(dir)
	if err != nil {
		return s, err
	}
	for name, sum := range sums {
		if sum != s.SHA256[name] {
			return s, fmt.Errorf("%s has SHA-256 %s, %s says %q", name, sum, stateFile, s.SHA256[name])
		}
	}
	return s, nil
}
