package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"repbench/internal/npy"
)

// Names of the files in a folder of results.
const (
	// PredictionsFile holds the predicted classes of the test split.
	PredictionsFile = "test_predictions.npy"
	// LabelsFile holds its true classes.
	LabelsFile = "test_labels.npy"
)

// LoadLabels reads a NumPy file of n classes, int32 or int64, or LabelsFile of a
// folder.
func LoadLabels(path string) ([]int32, error) {
	path, err := inFolder(path, LabelsFile)
	if err != nil {
		return nil, err
	}
	shape, v, err := readClasses(path)
	if err != nil {
		return nil, err
	}
	if len(shape) != 1 {
		return nil, fmt.Errorf("compare: %s: labels of shape %v, want one list: %w", path, shape, ErrShape)
	}
	return v, nil
}

// LoadPredictions reads predicted classes: n of them, or S×n for S seeds, int32 or
// int64, from a NumPy file or PredictionsFile of a folder. Each path may hold one
// seed or several; all are returned, one list a seed, in the order of the paths.
func LoadPredictions(paths ...string) ([][]int32, error) {
	var all [][]int32
	for _, path := range paths {
		path, err := inFolder(path, PredictionsFile)
		if err != nil {
			return nil, err
		}
		shape, v, err := readClasses(path)
		if err != nil {
			return nil, err
		}
		switch {
		case len(shape) == 1:
			all = append(all, v)
		case len(shape) == 2:
			for s := range shape[0] {
				all = append(all, v[s*shape[1]:(s+1)*shape[1]])
			}
		default:
			return nil, fmt.Errorf("compare: %s: predictions of shape %v, want n or seeds×n: %w", path, shape, ErrShape)
		}
	}
	return all, nil
}

// inFolder returns the path of the named file when path is a folder, else path.
func inFolder(path, name string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("compare: %w", err)
	}
	if !info.IsDir() {
		return path, nil
	}
	inside := filepath.Join(path, name)
	if _, err := os.Stat(inside); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("compare: folder %s holds no %s; name a NumPy file: %w", path, name, err)
	}
	return inside, nil
}

// readClasses reads int32 or int64 values that fit into int32.
func readClasses(path string) (shape []int, v []int32, err error) {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return nil, nil, fmt.Errorf("compare: %w", err)
	}
	if h.DType != npy.Int64 {
		if shape, v, err = npy.Read[int32](path); err != nil {
			return nil, nil, fmt.Errorf("compare: %w", err)
		}
		return shape, v, nil
	}
	shape, wide, err := npy.Read[int64](path)
	if err != nil {
		return nil, nil, fmt.Errorf("compare: %w", err)
	}
	v = make([]int32, len(wide))
	for i, w := range wide {
		if w < math.MinInt32 || w > math.MaxInt32 {
			return nil, nil, fmt.Errorf("compare: %s: value %d at %d is no class: %w", path, w, i, ErrShape)
		}
		v[i] = int32(w)
	}
	return shape, v, nil
}
