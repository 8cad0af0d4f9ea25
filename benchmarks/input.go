package benchmarks

import (
	"context"
	"errors"
	"fmt"

	"repbench/datasets"
	"repbench/eval"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// input is the features that a protocol evaluates, with what is known of them.
type input struct {
	name  string // of the folder, or of both files of features
	train eval.FitSplit
	test  eval.ReportSplit
	valid *eval.SelectSplit // of NumPy files; nil: none, or in the folder
	// folder and meta are nil for NumPy files. meta is the folder's, or of the caller's
	// own encoder and data set where they were given.
	folder *store.Folder
	meta   *store.Meta
	// matrices are the NumPy files; nil in a folder.
	matrices []*store.Matrix
	// cached is the folder of the cache for a kind and a key; nil: nothing is kept there.
	cached func(kind, key string) (string, error)
	// images are the test images and overlap is what splits share; nil: not known.
	images   *datasets.Images
	overlap  *Overlap
	progress progress.Reporter
	// predicted are the predicted test labels, set by protocols that can write them.
	predicted []int32
	// correct says of each test row whether its class was found, set by protocols that classify
	// each once.
	correct []bool
}

// openInput makes or finds the features of a source and opens them. close is never nil.
func openInput(ctx context.Context, s Source, m Machine) (in *input, close func(), err error) {
	in, close = &input{progress: progress.Or(m.Progress), cached: m.cached}, func() {}
	read := store.ReadOptions{MaxMemory: m.MaxMemory, Progress: in.progress}
	if s.Arrays.given() {
		return in.arrays(s.Arrays, read)
	}
	if s.Encoder != "" {
		if s.Folder, err = in.extract(ctx, s, m); err != nil {
			return nil, close, err
		}
	}
	if s.Folder == "" {
		return nil, close, errors.New("no features: give an encoder, a folder of features or NumPy files")
	}
	f, err := read.OpenFolder(s.Folder)
	if err != nil {
		return nil, close, err
	}
	return in, func() { f.Close() }, in.open(f)
}

// extract makes the features and keeps what is known of the images. Splits that share
// images are looked for first: an extraction can take hours.
func (in *input) extract(ctx context.Context, s Source, m Machine) (dir string, err error) {
	if s.Data == "" {
		return "", errors.New("an encoder without a data set")
	}
	e, err := s.open(ctx, m)
	if err != nil {
		return "", err
	}
	defer e.enc.Close()
	if err := checkSplits(e.ds); err != nil {
		return "", err
	}
	if in.overlap, err = CompareImages(ctx, e.ds, m.Progress); err != nil {
		return "", err
	}
	if dir, in.meta, err = e.extract(ctx, s.Folder, m); err != nil {
		return "", err
	}
	if s.Name != "" {
		named := *in.meta
		named.Encoder, in.meta = s.Name, &named
	}
	if test, err := e.ds.Split(datasets.Test); err == nil {
		in.images = &test.Images
	}
	return dir, nil
}

// open takes the splits of a folder.
func (in *input) open(f *store.Folder) error {
	in.name, in.folder = f.Dir, f
	if in.meta == nil {
		in.meta = f.Meta
	}
	train, err := in.split(datasets.Train)
	if err != nil {
		return err
	}
	test, err := in.split(datasets.Test)
	in.train, in.test = eval.ForFitting(train), eval.ForReport(test)
	return err
}

// arrays takes NumPy files.
func (in *input) arrays(a Arrays, read store.ReadOptions) (*input, func(), error) {
	f, x, y, err := read.Arrays(a.TrainX, a.TrainY, a.TestX, a.TestY)
	if err != nil {
		return nil, func() {}, err
	}
	in.name, in.matrices = x.File+", "+y.File, []*store.Matrix{x, y}
	train, err := view(x)
	if err != nil {
		return nil, func() { f.Close() }, err
	}
	test, err := view(y)
	in.train, in.test = eval.ForFitting(train), eval.ForReport(test)
	if err == nil && a.ValidX != "" {
		err = in.validArrays(a, f, x, y)
	}
	return in, func() { f.Close() }, err
}

// validArrays takes the NumPy files of a validation split.
func (in *input) validArrays(a Arrays, f *store.Folder, train, test *store.Matrix) error {
	m, err := f.Valid(a.ValidX, a.ValidY, train, test)
	if err != nil {
		return err
	}
	in.matrices = append(in.matrices, m)
	valid, err := view(m)
	in.valid = new(eval.ForSelection(valid))
	return err
}

// split is a split of the folder with its labels.
func (in *input) split(name string) (matrix.Labelled, error) {
	if !in.folder.Has(name) {
		return matrix.Labelled{}, fmt.Errorf("%s has no split %q; %s, and extract again", in.name, name, wanted)
	}
	m, err := in.folder.Split(name)
	if err != nil {
		return matrix.Labelled{}, err
	}
	if m.Labels == nil {
		return matrix.Labelled{}, fmt.Errorf("%s: split %s has no labels; %s, and extract again", in.name, name, wanted)
	}
	return view(m)
}

// hasValid reports whether there is a validation split.
func (in *input) hasValid() bool {
	return in.valid != nil || in.folder != nil && in.folder.Has(datasets.Valid)
}

// selection is the validation split; the zero value where there is none.
func (in *input) selection() (eval.SelectSplit, error) {
	switch {
	case in.valid != nil:
		return *in.valid, nil
	case !in.hasValid():
		return eval.SelectSplit{}, nil
	}
	valid, err := in.split(datasets.Valid)
	return eval.ForSelection(valid), err
}

// classes are the names of the classes; nil where they are not known.
func (in *input) classes() []string {
	if in.meta == nil {
		return nil
	}
	return in.meta.Classes
}

// layers are the layers of the features, none where there is but one.
func (in *input) layers() []eval.Layer {
	if in.meta == nil || len(in.meta.Layers) < 2 {
		return nil
	}
	var out []eval.Layer
	for _, l := range in.meta.Layers {
		out = append(out, eval.Layer{Name: l.Name, Lo: l.Columns[0], Hi: l.Columns[1]})
	}
	return out
}

// shared warns of what the splits share: images where they were compared, else rows.
func (in *input) shared(ctx context.Context, valid eval.SelectSplit) ([]string, error) {
	if in.overlap != nil {
		return in.overlap.Warnings, nil
	}
	warnings, err := eval.Overlap(ctx, in.train, valid, in.test, in.progress)
	return warnings, in.named(err)
}

// identity is a hash of the features and labels; "": it is not known.
func (in *input) identity() string {
	if in.folder != nil {
		return in.folder.Meta.CacheKey
	}
	var parts []string
	for _, m := range in.matrices {
		v, err := m.View()
		if err != nil {
			return ""
		}
		parts = append(parts, HashRows(v), fmt.Sprint(m.Labels))
	}
	return hashText(parts...)
}

// named adds to an error what was evaluated; nil stays nil.
func (in *input) named(err error) error {
	if err == nil || errors.Is(err, eval.ErrRows) { // which names the file of rows
		return err
	}
	return fmt.Errorf("%s: %w", in.name, err)
}

// record is a record of a result without its name.
func (in *input) record(result record.Result, seed uint64) *record.Record {
	if in.meta == nil {
		return &record.Record{Result: result, Seed: seed, Versions: thisVersion(), Fingerprint: record.ThisProgram("")}
	}
	return newRecord(in.meta, result, seed)
}

// identify gives a record its protocol and its ID, of which parts tell the settings
// apart. A result on NumPy files has no ID, as nothing says where the features came from.
func (in *input) identify(r *record.Record, protocol string, parts ...string) error {
	if in.meta == nil {
		return nil
	}
	return r.Identify(protocol, parts...)
}

// view looks at a matrix without copying it.
func view(m *store.Matrix) (matrix.Labelled, error) {
	x, err := m.View()
	if err != nil {
		return matrix.Labelled{}, err
	}
	return matrix.Labelled{X: x, Y: m.Labels}, nil
}
