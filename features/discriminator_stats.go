package features

import (
	"context"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/internal/progress"
	"repbench/train/dcgan"
)

// DiscriminatorStats gathers the batch-norm statistics of a model's discriminator on the training
// split of ds as the mode Fixed does: one entry for each layer, nil for a layer without batch norm.
// dir is a folder in which they are kept, as for the features of the same discriminator; "": they
// are gathered anew.
func DiscriminatorStats(ctx context.Context, m *dcgan.Model, b *backends.Backend, ds *datasets.Dataset, dir string, p progress.Reporter) ([]*dcgan.HostStats, error) {
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return nil, err
	}
	if err := m.Arch.CheckImages(ds.Name, split.Images); err != nil {
		return nil, err
	}
	d := &discriminator{model: m, backend: b, opt: Options{}.withDefaults()}
	err = d.Prepare(ctx, ds, progress.Or(p), encoder.Kept{Dir: dir})
	return d.stats, err
}
