package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/labels"
)

// PredictionsFile is the file in a folder of results that holds the predicted classes of
// the test split.
const PredictionsFile = "test_predictions.npy"

// LabelsFile is the name of the file in a folder of features that holds the true classes
// of the test split.
func LabelsFile() string { return store.LabelsName(datasets.Test) }

// LoadLabels reads the classes of n rows from a NumPy file of whole numbers of any type, n or
// n×1, or from LabelsFile in a folder.
func LoadLabels(path string) ([]int32, error) {
	path, err := inFolder(path, LabelsFile())
	if err != nil {
		return nil, err
	}
	v, err := labels.Read(path)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// LoadPredictions reads predicted classes from NumPy files of whole numbers of any type: n,
// n×1, or S×n for S seeds. A folder stands for its PredictionsFile. Each path may hold one seed
// or several; the result has one list per seed, in the order of the paths.
func LoadPredictions(paths ...string) ([][]int32, error) {
	var all [][]int32
	for _, path := range paths {
		path, err := inFolder(path, PredictionsFile)
		if err != nil {
			return nil, err
		}
		shape, v, err := labels.ReadArray(path)
		if err != nil {
			return nil, err
		}
		switch {
		case len(shape) == 1, len(shape) == 2 && shape[1] == 1:
			all = append(all, v)
		case len(shape) == 2:
			for s := range shape[0] {
				all = append(all, v[s*shape[1]:(s+1)*shape[1]])
			}
		default:
			return nil, fmt.Errorf("%s: predictions of shape %v, want n or seeds×n: %w", path, shape, ErrShape)
		}
	}
	return all, nil
}

// inFolder returns the path of the named file if path is a folder, else path.
func inFolder(path, name string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return path, nil
	}
	inside := filepath.Join(path, name)
	if _, err := os.Stat(inside); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("folder %s holds no %s; name a NumPy file: %w", path, name, err)
	}
	return inside, nil
}
