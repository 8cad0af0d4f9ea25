package dcgan

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train"
)

// Batches of the fixed statistics of G.
const (
	// GeneratorStatsBatches is their number.
	GeneratorStatsBatches = 16
	// GeneratorStatsBatch is the number of z of each.
	GeneratorStatsBatch = 128
	// generatorStatsSeed makes the z the same for every model and every user.
	generatorStatsSeed = 1
)

// HiddenLayer describes one of G's hidden layers.
type HiddenLayer struct {
	// Name is "dense" or "conv1", "conv2", …
	Name string
	// Side is the side of its square maps, Maps their number.
	Side, Maps int
}

// HiddenLayers describes G's hidden layers in the order of Generation.Layers.
func (a Arch) HiddenLayers() []HiddenLayer {
	layers := []HiddenLayer{{"dense", a.BaseSize, a.BaseMaps}}
	side := a.BaseSize
	for i, l := range a.Generator[:len(a.Generator)-1] {
		side *= l.Stride
		layers = append(layers, HiddenLayer{fmt.Sprintf("conv%d", i+1), side, l.Maps})
	}
	return layers
}

// GeneratorStatsSizes returns the length of mean and variance of each batch norm of G, in the order of
// Generation.Stats.
func (a Arch) GeneratorStatsSizes() []int {
	sizes := []int{a.BaseSize * a.BaseSize * a.BaseMaps}
	for _, l := range a.Generator {
		if l.BatchNorm {
			sizes = append(sizes, l.Maps)
		}
	}
	return sizes
}

// GeneratorStats returns fixed statistics for every batch norm of G, in the order of
// Generation.Stats: the mean over 16 batches of 128 z of the prior of the batches' means and
// biased variances. Each layer is measured behind layers that use the statistics of their batch.
// The z are the same at every call, and nothing else uses them. Once ctx is done the error wraps
// its cause.
func (m *Model) GeneratorStats(ctx context.Context, b *backends.Backend) ([]*HostStats, error) {
	return m.GeneratorStatsWith(ctx, b, nil)
}

// GeneratorStatsWith is GeneratorStats of a generator whose hidden layers are changed, see Change;
// nil: none is.
func (m *Model) GeneratorStatsWith(ctx context.Context, b *backends.Backend, change Change) ([]*HostStats, error) {
	exec, err := m.Compile(b, func(in []*Node) []*Node {
		var out []*Node
		for _, s := range m.GenerateWith(in[0], nil, change).Stats {
			out = append(out, s.Mean, s.Variance)
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	var sums [][]float64
	for _, size := range m.Arch.GeneratorStatsSizes() {
		sums = append(sums, make([]float64, size), make([]float64, size))
	}
	for batch := range int64(GeneratorStatsBatches) {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted at batch %d of the generator's statistics: %w", batch, context.Cause(ctx))
		}
		if err := m.addGeneratorStats(sums, exec, batch); err != nil {
			return nil, fmt.Errorf("statistics of the generator (%s): %w", m.Origin, err)
		}
	}
	out := make([]*HostStats, len(sums)/2)
	for i := range out {
		out[i] = &HostStats{Mean: over(sums[2*i], GeneratorStatsBatches), Variance: over(sums[2*i+1], GeneratorStatsBatches)}
	}
	return out, nil
}

// addGeneratorStats adds the statistics of one batch to sums.
func (m *Model) addGeneratorStats(sums [][]float64, exec *model.Exec, batch int64) error {
	a := m.Arch
	z := a.Prior.draw(GeneratorStatsBatch*a.ZDim, train.Random(generatorStatsSeed, streamGeneratorStats, batch))
	out, err := exec.Call(tensors.FromFlatDataAndDimensions(z, GeneratorStatsBatch, a.ZDim))
	if err != nil {
		return err
	}
	for i, t := range out {
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return err
		}
		if at := train.NotFinite(values); at >= 0 {
			return fmt.Errorf("batch norm %d, channel %d: %g is not finite: %w", i/2, at, values[at], errBroken)
		}
		for j, v := range values {
			sums[i][j] += float64(v)
		}
		if err := t.FinalizeAll(); err != nil {
			return err
		}
	}
	return nil
}

// over divides sums.
func over(sums []float64, n int) []float32 {
	out := make([]float32, len(sums))
	for i, v := range sums {
		out[i] = float32(v / float64(n))
	}
	return out
}

// StatsOf pairs nodes, mean and variance of each batch norm in turn, for the argument fixed of
// GenerateWith.
func StatsOf(nodes []*Node) []*Stats {
	stats := make([]*Stats, len(nodes)/2)
	for i := range stats {
		stats[i] = &Stats{Mean: nodes[2*i], Variance: nodes[2*i+1]}
	}
	return stats
}

// StatsArgs returns the arguments of a compiled graph that StatsOf pairs again.
func StatsArgs(stats []*HostStats) []any {
	var args []any
	for _, s := range stats {
		args = append(args, s.Mean, s.Variance)
	}
	return args
}
