package vis

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/features"
	"repbench/internal/cache"
	"repbench/train"
	"repbench/train/dcgan"
)

// BatchNorm says which statistics a generator normalises with.
type BatchNorm string

// Modes of batch normalisation.
const (
	// Fixed uses the statistics of dcgan.GeneratorStats, so that an image depends on its own z alone.
	Fixed BatchNorm = "fixed"
	// Batch uses the statistics of exactly the z that are generated together, as the released code
	// does, so that an image depends on its neighbours.
	Batch BatchNorm = "batch"
)

// ParseBatchNorm reads the name of a mode; "" is Fixed.
func ParseBatchNorm(s string) (BatchNorm, error) {
	switch m := BatchNorm(s); m {
	case "":
		return Fixed, nil
	case Fixed, Batch:
		return m, nil
	}
	return "", fmt.Errorf("unknown mode of batch normalisation %q: use %s or %s", s, Fixed, Batch)
}

// Generator is the generator of a DCGAN, opened for figures.
type Generator struct {
	// Spec is the specification it was opened with, "" for a model that was given.
	Spec string
	// Model is the model, and Backend where it runs.
	Model   *dcgan.Model
	Backend *backends.Backend
	// BatchNorm is the mode, Stats the statistics of the mode Fixed, in the order of
	// dcgan.Generation.Stats; nil in the mode Batch.
	BatchNorm BatchNorm
	Stats     []*dcgan.HostStats

	images *model.Exec
}

// Options say how a generator is opened. The zero value takes fixed statistics and keeps nothing.
type Options struct {
	// BatchNorm is the mode; "": Fixed.
	BatchNorm BatchNorm
	// Cache is the folder in which statistics are kept, each generator's in a folder of its own;
	// "": they are computed anew.
	Cache string
	// Uses receives the folder in Cache that is made or read; nil: its use is not recorded.
	Uses *cache.Uses
	// Seed draws the weights of random:ARCH.
	Seed uint64
	// Note receives sentences for the reader, such as that a file of the cache is damaged; nil: they are
	// dropped.
	Note func(text string)
}

// Open opens the generator of a run folder, dcgan:RUN, theano:DIR or random:ARCH. What has no
// generator is an error that names what has one.
func Open(ctx context.Context, spec string, b *backends.Backend, o Options) (*Generator, error) {
	m, err := features.OpenModel(spec, b, o.Seed)
	if err != nil {
		return nil, err
	}
	g, err := New(ctx, m, b, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", spec, err)
	}
	g.Spec = spec
	return g, nil
}

// New is Open for a model that is open already.
func New(ctx context.Context, m *dcgan.Model, b *backends.Backend, o Options) (*Generator, error) {
	if o.BatchNorm == Batch {
		return WithStats(m, b, nil)
	}
	stats, err := keptStats(ctx, m, b, o)
	if err != nil {
		return nil, err
	}
	return WithStats(m, b, stats)
}

// WithStats opens a model with given statistics; nil is the mode Batch.
func WithStats(m *dcgan.Model, b *backends.Backend, stats []*dcgan.HostStats) (*Generator, error) {
	g := &Generator{Model: m, Backend: b, BatchNorm: Fixed, Stats: stats}
	if stats == nil {
		g.BatchNorm = Batch
	}
	var err error
	g.images, err = g.Compile(func(z *graph.Node, fixed []*dcgan.Stats, _ []*graph.Node) []*graph.Node {
		return []*graph.Node{m.GenerateWith(z, fixed, nil).Images}
	})
	if err == nil && g.BatchNorm == Fixed {
		g.images.SetMaxCache(BatchSize) // a graph for each number of images
	}
	return g, err
}

// Close releases what the generator holds on the device.
func (g *Generator) Close() { g.images.Finalize() }

// Compile compiles a graph over the model's parameters. Its inputs are z [N, Z], the statistics of
// the mode (nil in the mode Batch) and those that Args appends.
func (g *Generator) Compile(build func(z *graph.Node, fixed []*dcgan.Stats, more []*graph.Node) []*graph.Node) (*model.Exec, error) {
	n := 2 * len(g.Stats)
	return g.Model.Compile(g.Backend, func(in []*graph.Node) []*graph.Node {
		var fixed []*dcgan.Stats
		if n > 0 {
			fixed = dcgan.StatsOf(in[1 : 1+n])
		}
		return build(in[0], fixed, in[1+n:])
	})
}

// Args are the arguments of a graph of Compile: n vectors z, row-major n×ZDim, the statistics, and
// what is more.
func (g *Generator) Args(z []float32, n int, more ...any) []any {
	args := []any{tensors.FromFlatDataAndDimensions(z, n, g.Model.Arch.ZDim)}
	return append(append(args, dcgan.StatsArgs(g.Stats)...), more...)
}

// BatchSize is the most images that are generated at once in the mode Fixed.
const BatchSize = 128

// Images generates the images of n vectors z, row-major n×ZDim: in the mode Fixed in batches of
// BatchSize, in the mode Batch as one batch, of at least 2. A z that is not finite, or outside the
// range of a uniform prior, is an error. Once ctx is done the error wraps its cause.
func (g *Generator) Images(ctx context.Context, z []float32, n int) (dcgan.Images, error) {
	if err := g.Model.Arch.CheckZ(z, n); err != nil {
		return dcgan.Images{}, err
	}
	return g.ImagesBeyond(ctx, z, n)
}

// ImagesBeyond is Images for vectors that were computed from others and may lie outside the range
// of the prior.
func (g *Generator) ImagesBeyond(ctx context.Context, z []float32, n int) (dcgan.Images, error) {
	a := g.Model.Arch
	if err := a.CheckFiniteZ(z, n); err != nil {
		return dcgan.Images{}, err
	}
	all := dcgan.Images{H: a.ImageSize, W: a.ImageSize, C: a.Channels}
	size := BatchSize
	if g.BatchNorm == Batch {
		if n < 2 {
			return all, fmt.Errorf("%d image with the mode %s: its statistics are of the images themselves, so there have to be at least 2; use the mode %s", n, Batch, Fixed)
		}
		size = n
	}
	for lo := 0; lo < n; lo += size {
		if ctx.Err() != nil {
			return all, fmt.Errorf("interrupted at image %d of %d: %w", lo, n, context.Cause(ctx))
		}
		hi := min(lo+size, n)
		out, err := g.images.Call1(g.Args(z[lo*a.ZDim:hi*a.ZDim], hi-lo)...)
		if err != nil {
			return all, fmt.Errorf("generate images: %w", err)
		}
		data, err := tensors.CopyFlatData[float32](out)
		if err != nil {
			return all, err
		}
		if err := out.FinalizeAll(); err != nil {
			return all, err
		}
		if i := train.NotFinite(data); i >= 0 {
			return all, fmt.Errorf("the generator gives %g: its weights are broken (%s)", data[i], g.Model.Origin)
		}
		all.Data, all.N = append(all.Data, data...), hi
	}
	return all, nil
}
