package benchmarks

import (
	"context"
	"errors"
	"fmt"

	"repbench/datasets"
	"repbench/datasets/catalog"
	"repbench/eval/supervised"
	"repbench/internal/cache"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// Cell is one evaluation, as plain data: of which features, how, and where the result
// is stored.
type Cell struct {
	Source Source
	// Protocol evaluates: Linear, FewShot, KNN or Supervised.
	Protocol Protocol
	// Records is the records.jsonl that results are added to; "": the one in the folder
	// of the features, or of the search. Results on NumPy files are not stored.
	Records string
}

// Machine says with what a cell is evaluated: backend, cache, memory, and who receives the
// progress. The zero value is ready to use. Results depend on it only by the backend's rounding.
type Machine struct {
	// Backend is a specification as backends.Open takes it; "": auto.
	Backend string
	// Catalog are the cache folder and the downloads of official data sets.
	Catalog catalog.Options
	// MaxMemory is as in store.ReadOptions.
	MaxMemory int64
	// Progress receives how far the work is; nil: no progress is shown.
	Progress progress.Reporter
	// Notes receives what a user should know about a data set; nil: notes are not shown.
	Notes func(spec string, notes []string)
}

// Protocol is a way to evaluate: Linear, FewShot, KNN or Supervised.
type Protocol interface {
	// run checks the options first, then evaluates the cell.
	run(ctx context.Context, c Cell, m Machine) (*Outcome, error)
}

// Outcome is what an evaluation gave.
type Outcome struct {
	// Records hold the results, several where FewShot has several numbers of labels. On
	// NumPy files a record has no ID and no provenance.
	Records []*record.Record
	// Title says what was evaluated: "pixels on shapes", or a file.
	Title string
	// Folder holds the features or the search; "" of NumPy files.
	Folder string
	// Correct says of each test row, in the order of the test split, whether its class was found:
	// the count is the one of the record's first measurement. It is nil for protocols that do not
	// classify each test row once (FewShot), and for a search that was finished by a version of the
	// program that did not keep it.
	Correct []bool
	// Search is the whole result of Supervised; nil of others.
	Search *supervised.Result
	// Stored is the file that the records were added to; "" of NumPy files, and where the
	// records could not be stored.
	Stored string
}

// Run evaluates a cell and stores its records. Work that is already done is found in
// the cache or in the cell's folder; work that was interrupted goes on where it
// stopped when the same cell is run again. Files to be written are checked before any
// work; where a finished result could not be stored all the same, the outcome is returned
// beside the error. Once ctx is done the error wraps its cause.
func Run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if c.Protocol == nil {
		return nil, errors.New("a cell without a protocol")
	}
	m, release := m.holding()
	defer release()
	return c.Protocol.run(ctx, c, m)
}

// openData opens a data set at the size that a network takes, 0 for any, and shows its
// notes.
func (m Machine) openData(ctx context.Context, spec string, reading datasets.Options, size int) (*datasets.Dataset, error) {
	reading.Options, reading.Size = m.Catalog, size
	reading.Options.Progress = progress.Or(m.Progress)
	ds, err := datasets.Open(ctx, spec, reading)
	if err != nil {
		return nil, err
	}
	if m.Notes != nil {
		m.Notes(spec, ds.Notes)
	}
	return ds, nil
}

// OpenData opens a data set as the cells of this machine do: at the size that a network takes, 0 for
// any, with its notes shown.
func (m Machine) OpenData(ctx context.Context, spec string, reading datasets.Options, size int) (*datasets.Dataset, error) {
	return m.openData(ctx, spec, reading, size)
}

// cached returns the folder in the cache for a key, which is in use from now on; kind is the folder
// above it.
func (m Machine) cached(kind, key string) (string, error) {
	if len(key) < 16 {
		return "", fmt.Errorf("key %q is too short", key)
	}
	return m.Catalog.UsePath(kind, key[:16])
}

// holding keeps the folders of the cache that are made or read in use: as long as the caller of the
// package says, else until release.
func (m Machine) holding() (_ Machine, release func()) {
	if m.Catalog.Uses != nil {
		return m, func() {}
	}
	m.Catalog.Uses = &cache.Uses{}
	return m, m.Catalog.Uses.Close
}
