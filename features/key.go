package features

import (
	"fmt"

	"repbench/datasets"
	"repbench/features/matrix"
	"repbench/features/store"
)

// CacheKey is the key of the features of a data set: equal keys, equal values.
func (e *Encoder) CacheKey(ds *datasets.Dataset) (string, error) {
	layers, err := e.layersFor(ds)
	if err != nil {
		return "", err
	}
	return e.meta(ds, layers).CacheKey, nil
}

func (e *Encoder) meta(ds *datasets.Dataset, layers []matrix.Layer) *store.Meta {
	o := e.Options
	m := &store.Meta{
		Key: store.Key{
			Version: store.Version, Encoder: e.Spec, WeightsHash: e.WeightsHash, Input: e.input,
			Data: ds.Name, DataHash: ds.Hash, Layers: layers,
			Pooling: o.Pooling, Grid: o.Grid, BatchNorm: o.BatchNorm, DType: o.dtype().String(),
		},
		Origin: e.Origin, Arch: e.Arch, DataSource: ds.Source,
		Dim: layers[len(layers)-1].Columns[1], Classes: ds.Classes, Backend: e.backend,
	}
	if o.BatchNorm == store.Fixed && byClass(ds) {
		m.StatsOrder = Shuffled
	}
	if o.BatchNorm == store.Batch {
		m.BatchSize = o.BatchSize
	}
	m.Notes, m.TrainingSeed = e.notes(ds), e.trainingSeed()
	for _, s := range ds.Splits {
		m.Splits = append(m.Splits, store.SplitMeta{Name: s.Name, Rows: s.Images.N, Labelled: s.Labels != nil})
	}
	m.CacheKey = m.Key.Hash()
	return m
}

// differ is the error about a folder that holds other features: old is their Meta.
func differ(m, old *store.Meta, dir string) error {
	what := fmt.Sprintf("%s of %s, %s", old.Encoder, old.Data, old.CacheKey[:min(12, len(old.CacheKey))])
	same := old.Key
	same.StatsOrder = m.StatsOrder
	if same.Hash() == m.CacheKey {
		what = "their batch-norm statistics were gathered in the set's order, which goes by class, by an earlier version"
	}
	return fmt.Errorf("%s: %w (%s); choose another folder, or remove this one", dir, ErrOther, what)
}
