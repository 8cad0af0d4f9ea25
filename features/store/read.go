package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"repbench/internal/cache"
	classes "repbench/internal/labels"
	"repbench/internal/npy"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
)

// MapAll is the MaxMemory with which all matrices are memory maps, whose pages
// stay until the system needs the memory.
const MapAll = -1

// ReadOptions say how matrices are opened.
type ReadOptions struct {
	// MaxMemory is the most, in bytes, that matrices are read into. They are read
	// in the order in which they are opened, while they fit; one that no longer
	// fits is a memory map, whose pages are given back once they have been used
	// (Matrix.Release). 0: DefaultMaxMemory; MapAll: none is read.
	MaxMemory int64
	// Progress receives how far the reading of a matrix is; nil: no progress is shown.
	Progress progress.Reporter
}

// DefaultMaxMemory is half the memory that the process may use, as the machine
// and its control group say; where they do not, nothing is read.
func DefaultMaxMemory() int64 {
	if half := sysinfo.MemoryLimit() / 2; half > 0 {
		return half
	}
	return MapAll
}

func (o ReadOptions) budget() (budget, error) {
	if o.MaxMemory < MapAll {
		return budget{}, fmt.Errorf("MaxMemory = %d: negative", o.MaxMemory)
	}
	left := o.MaxMemory
	if left == 0 {
		left = DefaultMaxMemory()
	}
	return budget{left: max(left, 0), keep: left == MapAll}, nil
}

// budget is the memory for matrices. keep says that the pages of maps stay.
type budget struct {
	left int64
	keep bool
}

// take reports whether this number of bytes fits, and takes them if it does.
func (b *budget) take(bytes int64) bool {
	if b.keep || bytes > b.left {
		return false
	}
	b.left -= bytes
	return true
}

// OpenFolder opens what Extract wrote. A folder of the cache is in use until Close.
func (o ReadOptions) OpenFolder(dir string) (*Folder, error) {
	b, err := o.budget()
	if err != nil {
		return nil, err
	}
	release := cache.Reading(dir)
	m, err := ReadMeta(dir)
	if err != nil {
		release()
		return nil, err
	}
	return &Folder{Dir: dir, Meta: m, budget: b, progress: progress.Or(o.Progress), release: release}, nil
}

// Arrays opens features and labels from NumPy files made anywhere: matrices N×D
// of float32 or float16, labels N or N×1 of whole numbers of any type. Training
// labels must be 0 … K-1, each with a row, test labels among these.
func (o ReadOptions) Arrays(trainX, trainY, testX, testY string) (f *Folder, train, test *Matrix, err error) {
	b, err := o.budget()
	if err != nil {
		return nil, nil, nil, err
	}
	f = &Folder{Dir: filepath.Dir(trainX), budget: b, progress: progress.Or(o.Progress)}
	y, t, err := readLabels(trainY, testY)
	if err != nil {
		return nil, nil, nil, err
	}
	if train, err = f.labelled(trainX, trainY, y); err == nil {
		test, err = f.labelled(testX, testY, t)
	}
	if err == nil && train.D != test.D {
		err = fmt.Errorf("%s has %d columns, %s has %d", trainX, train.D, testX, test.D)
	}
	if err == nil && sameFile(trainX, testX) {
		err = fmt.Errorf("%s (train) and %s (test) are the same file: training features would be tested on themselves; give the features of the test split", trainX, testX)
	}
	if err != nil {
		return nil, nil, nil, errors.Join(err, f.Close())
	}
	return f, train, test, nil
}

// Valid opens a validation split from NumPy files, beside the splits that Arrays opened: its
// columns are theirs, its labels among those of train.
func (f *Folder) Valid(x, y string, train, test *Matrix) (*Matrix, error) {
	labels, err := classes.Read(y)
	if err != nil {
		return nil, err
	}
	n, err := classes.Count(train.Labels)
	if err == nil {
		err = classes.Within(labels, n)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", y, err)
	}
	m, err := f.labelled(x, y, labels)
	if err != nil {
		return nil, err
	}
	if m.D != train.D {
		return nil, fmt.Errorf("%s has %d columns, %s has %d", train.File, train.D, x, m.D)
	}
	for split, other := range map[string]*Matrix{"train": train, "test": test} {
		if sameFile(x, other.File) {
			return nil, fmt.Errorf("%s (valid) and %s (%s) are the same file: give the features of the validation split", x, other.File, split)
		}
	}
	return m, nil
}

// sameFile reports whether both names lead to one file.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// readLabels reads the labels of two splits, checks them before anything else is
// read, and names the file that is wrong.
func readLabels(trainY, testY string) (train, test []int32, err error) {
	if train, err = classes.Read(trainY); err != nil {
		return nil, nil, err
	}
	if test, err = classes.Read(testY); err != nil {
		return nil, nil, err
	}
	n, err := classes.Count(train)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", trainY, err)
	}
	if err := classes.Within(test, n); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", testY, err)
	}
	return train, test, nil
}

// matrix reads or maps a matrix.
func (f *Folder) matrix(path string) (*Matrix, error) {
	h, err := npy.ReadHeader(path)
	if kind := (*npy.TypeError)(nil); errors.As(err, &kind) && !kind.Text() {
		return nil, fmt.Errorf("%s has the dtype %q, want features of float32 or float16: convert them with x.astype('float32')", path, kind.Descr)
	}
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 2 {
		return nil, fmt.Errorf("%s has shape %v, want a matrix of rows and features", path, h.Shape)
	}
	m := &Matrix{N: h.Shape[0], D: h.Shape[1], File: path}
	size := int64(h.Elements()) * int64(h.DType.Size())
	if !f.budget.take(size) {
		size = 0
	}
	switch h.DType {
	case npy.Float32:
		m.Float32, m.Release, err = elements[float32](f, path, size)
	case npy.Float16:
		m.Float16, m.Release, err = elements[uint16](f, path, size)
	default:
		err = fmt.Errorf("%s holds %s, want float32 or float16: convert it with x.astype('float32')", path, h.DType)
	}
	return m, err
}

// elements reads the elements of a file, this number of bytes, or maps them
// where that is 0. release is nil where there is nothing to give back.
func elements[T npy.Elem](f *Folder, path string, read int64) (data []T, release func(lo, hi int), err error) {
	m, err := f.open(path, read)
	if err != nil {
		return nil, nil, err
	}
	f.mapped = append(f.mapped, m)
	if read == 0 && !f.budget.keep {
		release = m.Release
	}
	data, err = npy.MappedSlice[T](m)
	return data, release, err
}

// open reads a file with this number of bytes of data, or maps it where the number is 0.
func (f *Folder) open(path string, read int64) (*npy.Mapped, error) {
	if read == 0 {
		return npy.Map(path)
	}
	task := f.progress.Start("reading "+filepath.Base(path), read, "bytes")
	defer task.Done()
	return npy.Load(path, func(bytes int) { task.Add(int64(bytes)) })
}
