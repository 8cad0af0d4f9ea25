package benchmarks

import (
	"context"
	"errors"
	"fmt"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features"
	"repbench/features/store"
	"repbench/internal/cache"
	"repbench/internal/progress"
)

// Source says which features are evaluated: an encoder's features of a data set, a folder of
// features, or NumPy files. Supervised takes the data set alone.
type Source struct {
	// Encoder is a specification as features.Open takes it; "": the features are in
	// Folder, or in Arrays.
	Encoder string
	// Name is what records call the encoder; "": its specification, with the path of a run folder as the
	// user gave it. A name without a path makes the records of one suite in two folders the same.
	Name string
	// Options say how the encoder takes features. BatchNorm "" is the mode of the
	// protocol: features.Released with one of the released code, else features.Fixed.
	Options features.Options
	// Data is a specification as datasets.Open takes it, Reading says how the set is
	// read: its seed, keep-lists, links and orientation. The catalog options come from the
	// Machine, the image size from the encoder.
	Data    string
	Reading datasets.Options
	// Folder holds the features, or the search of Supervised, or is to hold them; "":
	// a folder in the cache, named by all that decides its content.
	Folder string
	// Arrays are NumPy files; all other fields are then empty.
	Arrays Arrays
}

// Arrays are features and labels from anywhere, as store.ReadOptions.Arrays takes
// them. There are no layers and no provenance.
type Arrays struct {
	TrainX, TrainY, TestX, TestY string
	// ValidX and ValidY are those to choose on; both "": there are none.
	ValidX, ValidY string
}

// files are the files that are given.
func (a Arrays) files() []string {
	return []string{a.TrainX, a.TrainY, a.ValidX, a.ValidY, a.TestX, a.TestY}
}

// given reports whether there are arrays.
func (a Arrays) given() bool { return a != Arrays{} }

// encoding is an encoder with the data set that it encodes.
type encoding struct {
	enc *features.Encoder
	ds  *datasets.Dataset
}

// open opens encoder and data set.
func (s Source) open(ctx context.Context, m Machine) (*encoding, error) {
	b, err := backends.OpenExact(m.Backend)
	if err != nil {
		return nil, err
	}
	enc, err := features.Open(s.Encoder, b, s.Options)
	if err != nil {
		return nil, err
	}
	s.Reading.AnySize = enc.AnySize()
	ds, err := m.openData(ctx, s.Data, s.Reading, enc.ImageSize())
	if err != nil {
		if errors.Is(err, datasets.ErrSizes) && enc.CanCrop() {
			err = fmt.Errorf("%w; or have each image resized and cropped for the network: add preset=NAME or crop=center after the file's name (preset=? lists presets)", err)
		}
		enc.Close()
		return nil, err
	}
	return &encoding{enc, ds}, nil
}

// extract makes the features in a folder, "" for one in the cache, or finds them there.
func (e *encoding) extract(ctx context.Context, dir string, m Machine) (string, *store.Meta, error) {
	extract := e.enc.Extract
	if dir == "" {
		extract = e.enc.ExtractCached
		key, err := e.enc.CacheKey(e.ds)
		if err != nil {
			return "", nil, err
		}
		if dir, err = m.cached("features", key); err != nil {
			return "", nil, err
		}
		defer cache.Touch(dir)
	}
	meta, err := extract(ctx, e.ds, dir, progress.Or(m.Progress))
	return dir, meta, err
}

// Extract makes the features of a source in its folder, or finds them there, and
// returns that folder. An extraction that was interrupted goes on where it stopped.
func Extract(ctx context.Context, s Source, m Machine) (folder string, meta *store.Meta, err error) {
	if s.Encoder == "" || s.Data == "" {
		return "", nil, errors.New("an extraction needs an encoder and a data set")
	}
	m, release := m.holding()
	defer release()
	e, err := s.open(ctx, m)
	if err != nil {
		return "", nil, err
	}
	defer e.enc.Close()
	return e.extract(ctx, s.Folder, m)
}
