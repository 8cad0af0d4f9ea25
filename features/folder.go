package features

import (
	"errors"
	"fmt"
	"path/filepath"

	"repbench/internal/npy"
	"repbench/internal/progress"
)

// Folder is a folder of features, open for reading. The matrices are valid until
// Close, and not to be written to: they may be memory maps.
type Folder struct {
	Dir      string
	Meta     *Meta
	mapped   []*npy.Mapped // and read
	budget   budget
	progress progress.Reporter
}

// Matrix is one split: N×D row-major, in Float32 or in Float16 (IEEE half
// precision bits), whichever is not nil.
type Matrix struct {
	Float32 []float32
	Float16 []uint16
	N, D    int
	// Labels are the classes of the rows, nil where the split has none.
	Labels []int32
	// File is where the matrix lies, for messages.
	File string
	// Release, where it is not nil, is to be told of elements [lo, hi) that will
	// not be read for a while. It may be called by several goroutines at once.
	Release func(lo, hi int)
}

// OpenFolder opens what Extract wrote. All its matrices are memory maps.
func OpenFolder(dir string) (*Folder, error) { return ReadOptions{MaxMemory: MapAll}.OpenFolder(dir) }

// Close frees the matrices.
func (f *Folder) Close() error {
	var err error
	for _, m := range f.mapped {
		err = errors.Join(err, m.Close())
	}
	f.mapped = nil
	return err
}

// Has reports whether the folder holds a split.
func (f *Folder) Has(split string) bool {
	for _, s := range f.Meta.Splits {
		if s.Name == split {
			return true
		}
	}
	return false
}

// Split opens the matrix of a split and reads its labels.
func (f *Folder) Split(name string) (*Matrix, error) {
	if !f.Has(name) {
		return nil, fmt.Errorf("%s has no split %q", f.Dir, name)
	}
	labels := ""
	for _, s := range f.Meta.Splits {
		if s.Name == name && s.Labelled {
			labels = filepath.Join(f.Dir, name+"_labels.npy")
		}
	}
	m, err := f.read(filepath.Join(f.Dir, name+"_features.npy"), labels)
	if err != nil {
		return nil, err
	}
	if m.D != f.Meta.Dim {
		return nil, fmt.Errorf("%s has %d columns, %s says %d", m.File, m.D, metaFile, f.Meta.Dim)
	}
	return m, nil
}

// read opens a matrix and reads its labels; an empty name means none.
func (f *Folder) read(path, labels string) (*Matrix, error) {
	m, err := f.matrix(path)
	if err != nil || labels == "" {
		return m, err
	}
	if m.Labels, err = readLabels(labels); err != nil {
		return nil, err
	}
	if len(m.Labels) != m.N {
		return nil, fmt.Errorf("%s has %d labels, %s has %d rows", labels, len(m.Labels), path, m.N)
	}
	return m, nil
}

// Arrays opens features and labels from NumPy files made anywhere: matrices N×D
// of float32 or float16, labels N of int32 or int64. All matrices are memory maps.
func Arrays(trainX, trainY, testX, testY string) (f *Folder, train, test *Matrix, err error) {
	return ReadOptions{MaxMemory: MapAll}.Arrays(trainX, trainY, testX, testY)
}

func readLabels(path string) ([]int32, error) {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 1 {
		return nil, fmt.Errorf("%s has shape %v, want one label a row", path, h.Shape)
	}
	switch h.DType {
	case npy.Int32:
		_, labels, err := npy.Read[int32](path)
		return labels, err
	case npy.Int64:
		_, wide, err := npy.Read[int64](path)
		if err != nil {
			return nil, err
		}
		return narrow(path, wide)
	}
	return nil, fmt.Errorf("%s holds %s, want labels of int32 or int64", path, h.DType)
}

func narrow(path string, wide []int64) ([]int32, error) {
	labels := make([]int32, len(wide))
	for i, v := range wide {
		labels[i] = int32(v)
		if int64(labels[i]) != v {
			return nil, fmt.Errorf("%s: label %d is %d, beyond int32", path, i, v)
		}
	}
	return labels, nil
}
