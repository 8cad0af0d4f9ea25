package store

import (
	"errors"
	"fmt"

	classes "repbench/internal/labels"
	"repbench/internal/npy"
	"repbench/internal/progress"
)

// Folder is a folder of features, open for reading. The matrices are valid until
// Close, and not to be written to: they may be memory maps.
type Folder struct {
	// Dir is the path of the folder.
	Dir string
	// Meta describes the folder; nil for arrays that were made elsewhere.
	Meta     *Meta
	mapped   []*npy.Mapped // and read
	budget   budget
	progress progress.Reporter
	release  func() // gives a folder of the cache back; nil for arrays
}

// Matrix is one split: N×D row-major, in Float32 or in Float16 (IEEE half
// precision bits), whichever is not nil.
type Matrix struct {
	// Float32 is the storage of a matrix of float32.
	Float32 []float32
	// Float16 is the storage of a matrix of float16.
	Float16 []uint16
	// N is the number of rows, D the number of columns.
	N, D int
	// Labels are the classes of the rows, nil where the split has none.
	Labels []int32
	// File is where the matrix lies, for messages.
	File string
	// Release, where it is not nil, receives the range [lo, hi) of elements that will
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
	if f.release != nil {
		f.release()
	}
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
			labels = LabelsPath(f.Dir, name)
		}
	}
	m, err := f.read(FeaturesPath(f.Dir, name), labels)
	if err != nil {
		return nil, err
	}
	if m.D != f.Meta.Dim {
		return nil, fmt.Errorf("%s has %d columns, %s says %d", m.File, m.D, MetaFile, f.Meta.Dim)
	}
	return m, nil
}

// read reads the labels of a matrix, an empty name means none, and opens it.
func (f *Folder) read(path, labels string) (*Matrix, error) {
	if labels == "" {
		return f.matrix(path)
	}
	y, err := classes.Read(labels)
	if err != nil {
		return nil, err
	}
	return f.labelled(path, labels, y)
}

// labelled opens a matrix whose labels, from the file of that name, are y.
func (f *Folder) labelled(path, labels string, y []int32) (*Matrix, error) {
	m, err := f.matrix(path)
	if err != nil {
		return nil, err
	}
	if len(y) != m.N {
		return nil, fmt.Errorf("%s has %d labels, %s has %d rows", labels, len(y), path, m.N)
	}
	m.Labels = y
	return m, nil
}

// Arrays opens features and labels from NumPy files made anywhere: matrices N×D
// of float32 or float16, labels N or N×1 of whole numbers, see ReadOptions.Arrays.
// All matrices are memory maps.
func Arrays(trainX, trainY, testX, testY string) (f *Folder, train, test *Matrix, err error) {
	return ReadOptions{MaxMemory: MapAll}.Arrays(trainX, trainY, testX, testY)
}
