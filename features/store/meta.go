package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"repbench/features/matrix"
	"repbench/internal/jsonfile"
)

// Version is part of every cache key; it changes when the same settings would
// give other features.
const Version = 1

// Meta describes a folder of features. Everything in Key decides the values.
type Meta struct {
	Key
	// Origin says what the encoder is, Arch its architecture and width.
	Origin string `json:"origin"`
	// Arch is the architecture and its width, "" where there is none.
	Arch string `json:"arch,omitempty"`
	// DataSource says where the images came from.
	DataSource string `json:"data_source"`
	// Dim is the number of columns.
	Dim int `json:"dim"`
	// Classes are the class names by label.
	Classes []string `json:"classes"`
	// Splits are the matrices in this folder.
	Splits []SplitMeta `json:"splits"`
	// Backend computed the features, in Seconds.
	Backend string `json:"backend"`
	// Seconds is the time that the extraction took.
	Seconds float64 `json:"seconds"`
	// Cost is what the extraction took for an image; nil: it is not known.
	Cost *Cost `json:"cost,omitempty"`
	// Notes are what a reader of a result should know.
	Notes []string `json:"notes,omitempty"`
	// TrainingSeed is the seed that the encoder was trained with, or that its random
	// weights or its dictionaries come from; nil: there is none, or it is not known.
	TrainingSeed *uint64 `json:"training_seed,omitempty"`
	// CacheKey is the SHA-256 of Key.
	CacheKey string `json:"cache_key"`
}

// Cost is what features cost. The speed was measured in the process that finished the extraction, with
// decoding, on its backend.
type Cost struct {
	// MultiplyAdds is the number of multiply-adds per image in convolutions and products of
	// matrices; 0: it is not known.
	MultiplyAdds int64 `json:"multiply_adds,omitempty"`
	// ImagesPerSecond is the speed; 0: no image was encoded.
	ImagesPerSecond float64 `json:"images_per_second,omitempty"`
	// GFLOPS is the number of floating-point operations in a second, two for each multiply-add,
	// divided by 10⁹.
	GFLOPS float64 `json:"gflops,omitempty"`
	// PeakRSSBytes is the largest resident memory of the process.
	PeakRSSBytes int64 `json:"peak_rss_bytes,omitempty"`
	// Batch is the number of images in one run.
	Batch int `json:"batch,omitempty"`
}

// SplitMeta is one matrix.
type SplitMeta struct {
	// Name is the name of the split.
	Name string `json:"name"`
	// Rows is the number of its rows.
	Rows int `json:"rows"`
	// Labelled says whether there is a file of labels.
	Labelled bool `json:"labelled"`
}

// Key holds all that decides the values of the features.
type Key struct {
	// Version is the constant Version of the program that made the features.
	Version int `json:"version"`
	// Encoder is the specification of the encoder.
	Encoder string `json:"encoder"`
	// WeightsHash is the SHA-256 of the weights; "" where there are none.
	WeightsHash string `json:"weights_hash,omitempty"`
	// Input is what a network that a user brought is fed, nil for other encoders.
	Input *NetInput `json:"input,omitempty"`
	// Data is the name of the data set.
	Data string `json:"data"`
	// DataHash is the SHA-256 of its images and labels.
	DataHash string `json:"data_hash"`
	// Layers are the columns, layer by layer.
	Layers []matrix.Layer `json:"layers"`
	// Pooling is how maps became a grid; "" where it means nothing.
	Pooling Pooling `json:"pooling,omitempty"`
	// Grid is the side of that grid; 0 where it means nothing.
	Grid int `json:"grid,omitempty"`
	// BatchNorm is the source of batch-norm statistics; "" where it means nothing.
	BatchNorm BatchNorm `json:"batch_norm,omitempty"`
	// StatsOrder is Shuffled where the statistics of the mode Fixed were gathered in
	// another order than the set's, else "".
	StatsOrder string `json:"stats_order,omitempty"`
	// BatchSize matters in the mode Batch only and is 0 otherwise.
	BatchSize int `json:"batch_size,omitempty"`
	// DType is the type of the elements on disk, "float32" or "float16".
	DType string `json:"dtype"`
}

// Hash is the SHA-256 of the key, in hexadecimal. The path by which the encoder
// was named does not enter, since its weights do.
func (k Key) Hash() string {
	if k.WeightsHash != "" {
		k.Encoder = ""
	}
	if k.Input != nil && k.Input.Preset != "" { // its settings are there
		in := *k.Input
		in.Preset, k.Input = "", &in
	}
	b, err := json.Marshal(k)
	if err != nil {
		panic(fmt.Errorf("features: encode key: %w", err)) // plain strings and numbers
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ReadMeta reads the description of a folder of features.
func ReadMeta(dir string) (*Meta, error) {
	path := filepath.Join(dir, MetaFile)
	var m Meta
	err := jsonfile.Read(path, &m)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s holds no features: there is no %s", dir, MetaFile)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; the file is damaged: extract again into another folder, or remove this one first", err)
	}
	return &m, m.check(path)
}

// check refuses layers that are no columns of the matrix, and splits whose files would lie
// outside the folder, where Discard would remove them.
func (m *Meta) check(path string) error {
	for _, s := range m.Splits {
		if s.Name == "" || filepath.Base(s.Name) != s.Name {
			return fmt.Errorf("%s: split %q is no part of a file name: the file is damaged; extract again into another folder", path, s.Name)
		}
	}
	for _, l := range m.Layers {
		if l.Columns[0] < 0 || l.Columns[0] >= l.Columns[1] || l.Columns[1] > m.Dim {
			return fmt.Errorf("%s: layer %s has columns %v of %d: the file is damaged; extract again into another folder", path, l.Name, l.Columns, m.Dim)
		}
	}
	return nil
}
