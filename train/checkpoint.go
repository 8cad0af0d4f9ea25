package train

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/checkpoint"

	"repbench/internal/jsonfile"
)

// A checkpoint is a folder checkpoints/step-00000500 with a GoMLX checkpoint
// (JSON and raw arrays) and state.json. It appears under that name only when
// complete and on disk. The same training state gives the same bytes.
const (
	checkpointDir  = "checkpoints"
	checkpointBase = "checkpoint-n0000000" // the form that GoMLX looks for
	stateFile      = "state.json"
	partPrefix     = ".part-"
)

// State is what a checkpoint holds beside the arrays.
type State struct {
	// Step is the number of updates done.
	Step int64 `json:"step"`
	// Images is the number of training images seen, with repetition.
	Images int64 `json:"images"`
	// Losses are the outputs of the newest updates, by name.
	Losses map[string]float64 `json:"losses"`
	// Certain is the number of updates in a row on which a DCGAN's D made no
	// error; see checkCollapse.
	Certain int64 `json:"certain"`
	// Options is the SHA-256 of the options that decide the training, so that a
	// checkpoint is not taken for one of another run; "" in older checkpoints.
	Options string `json:"options,omitempty"`
	// SHA256 are those of the files of the GoMLX checkpoint, by name.
	SHA256 map[string]string `json:"sha256"`
}

func stepDir(step int64) string { return fmt.Sprintf("step-%08d", step) }

// saveCheckpoint writes the model's arrays and s into run/checkpoints.
func (m *Model) saveCheckpoint(run string, s State) error { return saveStore(m.store, run, s) }

// saveStore writes a store's arrays and s into run/checkpoints.
func saveStore(store *model.Store, run string, s State) error {
	parent := filepath.Join(run, checkpointDir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(parent, partPrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	if err := writeArrays(store, tmp); err != nil {
		return fmt.Errorf("write checkpoint of step %d: %w", s.Step, err)
	}
	if s.SHA256, err = hashFiles(tmp); err != nil {
		return err
	}
	if err := jsonfile.Write(filepath.Join(tmp, stateFile), s); err != nil {
		return err
	}
	return publish(tmp, filepath.Join(parent, stepDir(s.Step)))
}

// writeArrays saves every variable, in the order of creation, with GoMLX's
// checkpoint handler and gives the files names without the time of day.
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
		to := filepath.Join(dir, checkpointBase+suffix)
		if err := os.Rename(filepath.Join(dir, names[len(names)-1]+suffix), to); err != nil {
			return err
		}
		if err := syncPath(to); err != nil {
			return err
		}
	}
	return nil
}

// checkFinite looks for a NaN or an infinity.
func checkFinite(t *tensors.Tensor) error {
	values, err := tensors.CopyFlatData[float32](t)
	if err != nil {
		return err
	}
	if i := notFinite(values); i >= 0 {
		return fmt.Errorf("%g at index %d", values[i], i)
	}
	return nil
}

// notFinite is the index of the first NaN or infinity, or -1.
func notFinite(values []float32) int {
	for i, v := range values {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

// publish gives a complete folder its name.
func publish(tmp, dir string) error {
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	if err := syncPath(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return err
	}
	return syncPath(filepath.Dir(dir))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
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

// stepFolder matches the name of a checkpoint folder.
var stepFolder = regexp.MustCompile(`^step-([0-9]{8,18})$`)

// checkpoints lists the checkpoint folders of a run, oldest first.
func checkpoints(run string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(run, checkpointDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var steps []int64
	for _, e := range entries {
		if m := stepFolder.FindStringSubmatch(e.Name()); m != nil && e.IsDir() {
			n, err := strconv.ParseInt(m[1], 10, 64)
			if err != nil {
				return nil, err
			}
			steps = append(steps, n)
		}
	}
	slices.Sort(steps)
	dirs := make([]string, len(steps))
	for i, n := range steps {
		dirs[i] = filepath.Join(run, checkpointDir, stepDir(n))
	}
	return dirs, nil
}

// loadCheckpoint reads a checkpoint folder into the model, all of whose
// variables it must hold.
func (m *Model) loadCheckpoint(dir string) (State, error) { return loadStore(m.store, dir) }

// loadStore reads a checkpoint folder into a store, all of whose variables it
// must hold.
func loadStore(store *model.Store, dir string) (State, error) {
	s, err := readState(dir)
	if err != nil {
		return s, fmt.Errorf("checkpoint %s cannot be used: %w; remove this folder to go on from the one before", dir, err)
	}
	loaded := model.NewStore()
	if _, err := checkpoint.Load(loaded).Dir(dir).Immediate().Done(); err != nil {
		return s, fmt.Errorf("checkpoint %s: %w", dir, err)
	}
	for v := range store.IterVariables() {
		from := loaded.GetVariable(v.Path())
		if from == nil {
			return s, fmt.Errorf("checkpoint %s holds no %s: it is of another model", dir, v.Path())
		}
		if !from.Shape().Equal(v.Shape()) {
			return s, fmt.Errorf("checkpoint %s: %s has shape %s, the model wants %s", dir, v.Path(), from.Shape(), v.Shape())
		}
		t, err := from.Value()
		if err != nil {
			return s, fmt.Errorf("checkpoint %s: %s: %w", dir, v.Path(), err)
		}
		if err := v.SetValue(t); err != nil {
			return s, fmt.Errorf("checkpoint %s: %s: %w", dir, v.Path(), err)
		}
	}
	return s, nil
}

// readState reads state.json and checks the other files against its hashes.
func readState(dir string) (State, error) {
	var s State
	if err := jsonfile.Read(filepath.Join(dir, stateFile), &s); err != nil {
		return s, err
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

// prune keeps the newest checkpoints and removes what a kill left half-written.
func prune(run string, keep int) error {
	dirs, err := checkpoints(run)
	if err != nil {
		return err
	}
	for len(dirs) > keep {
		if err := os.RemoveAll(dirs[0]); err != nil {
			return err
		}
		dirs = dirs[1:]
	}
	parts, err := filepath.Glob(filepath.Join(run, checkpointDir, partPrefix+"*"))
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
