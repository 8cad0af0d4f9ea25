package features

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
)

// discriminator takes the pooled activations of a DCGAN's discriminator.
type discriminator struct {
	model   *dcgan.Model
	backend *backends.Backend
	opt     Options
	chosen  []int              // the layers taken
	stats   []*dcgan.HostStats // nil in the mode Batch, and before prepare
	of      string             // in the modes Fixed and Released: hash of the data stats come from
	exec    *model.Exec
}

func newDiscriminator(m *dcgan.Model, b *backends.Backend, o Options) (*discriminator, error) {
	d := &discriminator{model: m, backend: b, opt: o}
	_, chosen, err := d.columns()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	d.chosen = chosen
	if o.BatchNorm == store.Running {
		if d.stats, err = m.Running(); err != nil {
			return nil, err
		}
	}
	d.exec, err = m.Compile(b, d.build)
	return d, err
}

func (d *discriminator) columns() ([]matrix.Layer, []int, error) {
	a := d.model.Arch
	maps := make([]int, len(a.Discriminator))
	for i, l := range a.Discriminator {
		maps[i] = l.Maps
	}
	return d.opt.layout(a.LayerNames(), a.LayerSizes(), maps)
}

func (d *discriminator) Layout(datasets.Images) ([]matrix.Layer, error) {
	layers, _, err := d.columns()
	return layers, err
}

// build takes the images and, unless in the mode Batch, mean and variance of
// each batch-norm layer; it returns the features [N, D].
func (d *discriminator) build(in []*Node) []*Node {
	out := d.discriminate(in)
	rows := make([]*Node, len(d.chosen))
	for i, l := range d.chosen {
		pooled := encoder.Pool(out.Layers[l], d.opt.Pooling, d.opt.Grid)
		s := pooled.Shape().Dimensions
		rows[i] = Reshape(pooled, s[0], s[1]*s[2]*s[3])
	}
	if len(rows) == 1 {
		return rows
	}
	return []*Node{Concatenate(rows, 1)}
}

// buildLogits takes the same and returns the logits [N, 1].
func (d *discriminator) buildLogits(in []*Node) []*Node {
	return []*Node{d.model.Logits(d.discriminate(in))}
}

func (d *discriminator) discriminate(in []*Node) dcgan.Discriminated {
	var fixed []*dcgan.Stats
	if len(in) > 1 {
		fixed = d.model.Arch.FixedStats(in[1:])
	}
	return d.model.Discriminate(train.ScalePixels(in[0]), fixed)
}

// Prepare gathers the fixed statistics on the training split.
func (d *discriminator) Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept encoder.Kept) error {
	if d.opt.BatchNorm != store.Fixed && d.opt.BatchNorm != store.Released || d.stats != nil && d.of == ds.Hash {
		return nil
	}
	im, err := statsImages(ds, d.opt.BatchNorm)
	if err != nil {
		return fmt.Errorf("batch-norm mode %s takes its statistics from the training images: %w", d.opt.BatchNorm, err)
	}
	hash, err := d.model.DiscriminatorHash(false)
	if err != nil {
		return err
	}
	order := "in its order"
	if im.at != nil {
		order = Shuffled
	}
	name := encoder.KeptName("batchnorm", fmt.Sprintf("statistics of %s on %s, mode %s, %s, on %s", hash, ds.Hash, d.opt.BatchNorm, order, d.backend.Spec), "")
	d.stats, err = gatherStats(ctx, d.model, d.backend, im, p, kept, name)
	d.of = ds.Hash
	return err
}

func (d *discriminator) Encode(dst []float32, im datasets.Images) error {
	n := im.N
	batch := n
	if d.opt.BatchNorm != store.Batch {
		batch = d.opt.BatchSize // one compiled shape; the rows beyond n are thrown away
	}
	args := []any{encoder.ImageTensor(im, batch)}
	for _, s := range d.stats {
		if s != nil {
			args = append(args, s.Mean, s.Variance)
		}
	}
	out, err := d.exec.Call1(args...)
	if err != nil {
		return fmt.Errorf("extract features: %w", err)
	}
	defer out.FinalizeAll()
	return tensors.ConstFlatData(out, func(flat []float32) { copy(dst, flat[:len(dst)]) })
}

func (d *discriminator) Close() { d.exec.Finalize() }

// MultiplyAdds is the number of multiply-adds per image of the convolutions up to the last layer
// that is taken.
func (d *discriminator) MultiplyAdds() int64 {
	a, sum, channels := d.model.Arch, 0, d.model.Arch.Channels
	for i, side := range a.LayerSizes()[:d.chosen[len(d.chosen)-1]+1] {
		l := a.Discriminator[i]
		sum += side * side * l.Maps * channels * l.Kernel * l.Kernel
		channels = l.Maps
	}
	return int64(sum)
}
