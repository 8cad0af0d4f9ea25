package benchmarks

import (
	"context"

	"repbench/datasets"
	"repbench/train"
)

// TrainingData opens a data set, and its training images, for a model that takes images
// of size×size pixels; 0: as they are. Catalog and Progress are those of the machine.
func TrainingData(ctx context.Context, spec string, reading datasets.Options, size int, m Machine) (train.Data, *datasets.Dataset, error) {
	ds, err := m.openData(ctx, spec, reading, size)
	if err != nil {
		return train.Data{}, nil, err
	}
	s, err := ds.Split(datasets.Train)
	if err != nil {
		return train.Data{}, nil, err
	}
	return train.Data{Images: s.Images, Name: ds.Name, Source: ds.Source, Hash: ds.Hash}, ds, nil
}
