package encoder

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"repbench/internal/npy"
)

// SaveEvery is how often work in progress is saved.
const SaveEvery = 10 * time.Second

// Kept is the folder in which an encoder keeps what it learns from the training
// images, as hidden files of float64, so that an interrupted extraction goes on.
type Kept struct {
	// Dir is the folder; "" keeps nothing.
	Dir string
	// Earlier are the sums in the progress file of an extraction that an earlier
	// version of the program began: they stand for a file of sums that is not there.
	Earlier []float64
}

// KeptName is the name of a file of an encoder's kind; what decides its content is
// part of it.
func KeptName(kind, decides, suffix string) string {
	key := sha256.Sum256([]byte(decides))
	return fmt.Sprintf(".%s-%x%s.npy", kind, key[:8], suffix)
}

// Read returns the values of a file, nil where there is none.
func (k Kept) Read(name string, size int) ([]float64, error) {
	if k.Dir == "" {
		return nil, nil
	}
	path := filepath.Join(k.Dir, name)
	_, flat, err := npy.Read[float64](path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: remove the file", err)
	case len(flat) != size:
		return nil, fmt.Errorf("%s holds %d values, want %d: remove it", path, len(flat), size)
	}
	return flat, nil
}

// Write writes a file.
func (k Kept) Write(name string, flat []float64) error {
	if k.Dir == "" {
		return nil
	}
	return npy.Write(filepath.Join(k.Dir, name), []int{len(flat)}, flat)
}

// Learn returns the values of a file; where there is none, it writes there what learn
// returns.
func (k Kept) Learn(name string, size int, learn func() ([]float64, error)) ([]float64, error) {
	flat, err := k.Read(name, size)
	if flat != nil || err != nil {
		return flat, err
	}
	if flat, err = learn(); err != nil {
		return nil, err
	}
	return flat, k.Write(name, flat)
}

// Sums are sums over batches of images, kept while they grow.
type Sums struct {
	// Batches is the number of batches that Values holds the sums of.
	Batches int
	// Values are the sums.
	Values []float64

	kept  Kept
	name  string
	saved time.Time
}

// Sums returns the sums of a file of that many values; where there is none, they are 0.
func (k Kept) Sums(name string, size int) (*Sums, error) {
	s := &Sums{Values: make([]float64, size), kept: k, name: name, saved: time.Now()}
	flat, err := k.Read(name, 1+size)
	if err != nil {
		return nil, err
	}
	if flat == nil && len(k.Earlier) == 1+size {
		flat = k.Earlier
	}
	if flat != nil {
		s.Batches = int(flat[0])
		copy(s.Values, flat[1:])
	}
	return s, nil
}

// Save writes the sums.
func (s *Sums) Save() error {
	s.saved = time.Now()
	return s.kept.Write(s.name, append([]float64{float64(s.Batches)}, s.Values...))
}

// SaveSometimes is Save, once the last one is a while ago.
func (s *Sums) SaveSometimes() error {
	if time.Since(s.saved) <= SaveEvery {
		return nil
	}
	return s.Save()
}
