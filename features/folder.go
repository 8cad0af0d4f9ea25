package features

import (
	"errors"
	"fmt"
	"path/filepath"

	"repbench/internal/npy"
)

// Folder is a folder of features, open for reading. The matrices are memory
// maps: valid until Close, and not to be written to.
type Folder struct {
	Dir    string
	Meta   *Meta
	mapped []*npy.Mapped
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
}

// OpenFolder opens what Extract wrote.
func OpenFolder(dir string) (*Folder, error) {
	m, err := ReadMeta(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{Dir: dir, Meta: m}, nil
}

// Close unmaps the matrices.
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

// Split maps the matrix of a split and reads its labels.
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

// read maps a matrix and reads its labels; an empty name means none.
func (f *Folder) read(path, labels string) (*Matrix, error) {
	mapped, err := npy.Map(path)
	if err != nil {
		return nil, err
	}
	f.mapped = append(f.mapped, mapped)
	h := mapped.Header()
	if len(h.Shape) != 2 {
		return nil, fmt.Errorf("%s has shape %v, want a matrix of rows and features", path, h.Shape)
	}
	m := &Matrix{N: h.Shape[0], D: h.Shape[1], File: path}
	switch h.DType {
	case npy.Float32:
		m.Float32, err = npy.MappedSlice[float32](mapped)
	case npy.Float16:
		m.Float16, err = npy.MappedSlice[uint16](mapped)
	default:
		err = fmt.Errorf("%s holds %s, want float32 or float16: convert it with x.astype('float32')", path, h.DType)
	}
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
// of float32 or float16, labels N of int32 or int64.
func Arrays(trainX, trainY, testX, testY string) (f *Folder, train, test *Matrix, err error) {
	f = &Folder{Dir: filepath.Dir(trainX)}
	if train, err = f.read(trainX, trainY); err == nil {
		test, err = f.read(testX, testY)
	}
	if err == nil && train.D != test.D {
		err = fmt.Errorf("%s has %d columns, %s has %d", trainX, train.D, testX, test.D)
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, f.Close())
	}
	return f, train, test, nil
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
