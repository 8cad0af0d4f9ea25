package dcgan

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train"
)

func (m *Model) generatorExec(b *backends.Backend) (*model.Exec, error) {
	e, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, z *graph.Node) *graph.Node {
		return m.Generate(z)
	})
	if err != nil {
		return nil, fmt.Errorf("build the generator: %w", err)
	}
	return e, nil
}

// Sample generates the images of z, n×ZDim row-major, as one batch. Batch normalisation uses
// the statistics of exactly these n images, as in the released code, so that an image depends
// on the others of its batch. n must be at least 2.
//
// A z that is not finite, or outside the range of a uniform prior, is an error.
func (m *Model) Sample(b *backends.Backend, z []float32, n int) (Images, error) {
	if err := m.checkZ(z, n); err != nil {
		return Images{}, err
	}
	e, err := m.generatorExec(b)
	if err != nil {
		return Images{}, err
	}
	defer e.Finalize()
	return m.images(e, tensors.FromFlatDataAndDimensions(z, n, m.Arch.ZDim))
}

// SampleBatch is the size of the batches of SampleBatches, as in training.
const SampleBatch = 128

// SampleBatches is Sample in batches of SampleBatch, so that any number of images takes the memory
// of one batch beside the images: batch normalisation uses the statistics of the batch that an
// image is in. seen receives the number of images of each batch; nil: nobody does.
func (m *Model) SampleBatches(ctx context.Context, b *backends.Backend, z []float32, n int, seen func(images int)) (Images, error) {
	if err := m.checkZ(z, n); err != nil {
		return Images{}, err
	}
	e, err := m.generatorExec(b)
	if err != nil {
		return Images{}, err
	}
	defer e.Finalize()
	var all Images
	for lo := 0; lo < n; {
		if ctx.Err() != nil {
			return Images{}, fmt.Errorf("interrupted at image %d of %d: %w", lo, n, context.Cause(ctx))
		}
		hi := min(lo+SampleBatch, n)
		if n-hi == 1 { // one image alone has no statistics
			hi--
		}
		im, err := m.images(e, tensors.FromFlatDataAndDimensions(z[lo*m.Arch.ZDim:hi*m.Arch.ZDim], hi-lo, m.Arch.ZDim))
		if err != nil {
			return Images{}, err
		}
		if seen != nil {
			seen(im.N)
		}
		all.N, all.H, all.W, all.C = all.N+im.N, im.H, im.W, im.C
		all.Data = append(all.Data, im.Data...)
		lo = hi
	}
	return all, nil
}

func (m *Model) checkZ(z []float32, n int) error {
	if n < 2 {
		return fmt.Errorf("%d samples asked for: the generator normalises over its batch and needs at least 2", n)
	}
	return m.Arch.CheckZ(z, n)
}

// errBroken is wrapped by errors about a generator whose images hold a NaN or an infinity.
var errBroken = errors.New("its weights are broken")

// images runs a generator and copies the result to the host.
func (m *Model) images(e *model.Exec, z *tensors.Tensor) (Images, error) {
	out, err := e.Call1(z)
	if err != nil {
		return Images{}, fmt.Errorf("generate images: %w", err)
	}
	defer out.FinalizeAll()
	data, err := tensors.CopyFlatData[float32](out)
	if err != nil {
		return Images{}, err
	}
	if i := train.NotFinite(data); i >= 0 {
		return Images{}, fmt.Errorf("the generator gives %g: %w (%s)", data[i], errBroken, m.Origin)
	}
	d := out.Shape().Dimensions
	return Images{Data: data, N: d[0], H: d[1], W: d[2], C: d[3]}, nil
}

// Compile makes an executor for a graph over the model's parameters.
func (m *Model) Compile(b *backends.Backend, build func([]*graph.Node) []*graph.Node) (*model.Exec, error) {
	e, err := model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*graph.Node) []*graph.Node {
		return build(in)
	})
	if err != nil {
		return nil, fmt.Errorf("compile graph of %s: %w", m.Arch.Name, err)
	}
	return e, nil
}
