package features

import (
	"context"
	"errors"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
)

// gatherStats averages batch means and batch variances of D over the minibatches
// of images; see the mode Fixed.
func gatherStats(ctx context.Context, m *dcgan.Model, b *backends.Backend, im ordered, p progress.Reporter, kept encoder.Kept, name string) ([]*dcgan.HostStats, error) {
	exec, err := m.Compile(b, func(in []*Node) []*Node {
		var out []*Node
		for _, s := range m.Discriminate(train.ScalePixels(in[0]), nil).Stats {
			if s != nil {
				out = append(out, Concatenate([]*Node{s.Mean, s.Variance}, 0))
			}
		}
		return out
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	sums, err := kept.Sums(name, statsSize(m.Arch))
	if err != nil {
		return nil, err
	}
	n := im.len()
	task := progress.Or(p).Start("batch-norm statistics", int64(n), "images")
	defer task.Done()
	progress.Earlier(task, int64(min(n, sums.Batches*StatsBatch)))
	for lo := sums.Batches * StatsBatch; lo < n; lo += StatsBatch {
		if ctx.Err() != nil {
			err := fmt.Errorf("interrupted at image %d of the batch-norm statistics; the same command goes on from there: %w", lo, context.Cause(ctx))
			return nil, errors.Join(err, sums.Save())
		}
		part := im.slice(lo, min(lo+StatsBatch, n))
		if err := addStats(sums, exec, part); err != nil {
			return nil, fmt.Errorf("batch-norm statistics of images %d to %d: %w", lo, lo+part.N-1, err)
		}
		task.Add(int64(part.N))
		if err := sums.SaveSometimes(); err != nil {
			return nil, err
		}
	}
	return meanStats(sums, m.Arch), sums.Save()
}

// statsSize is the number of sums: for each layer with batch norm, in order, the
// means of its channels and then the variances.
func statsSize(a dcgan.Arch) int {
	n := 0
	for _, l := range a.Discriminator {
		if l.BatchNorm {
			n += 2 * l.Maps
		}
	}
	return n
}

// addStats adds the statistics of a minibatch.
func addStats(s *encoder.Sums, exec *model.Exec, im datasets.Images) error {
	out, err := exec.Call(encoder.ImageTensor(im, im.N))
	if err != nil {
		return err
	}
	sums := s.Values
	for i, t := range out {
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return err
		}
		for j, v := range values {
			if v-v != 0 {
				return fmt.Errorf("layer %d with batch norm, channel %d: %g is not finite; the weights are broken", i+1, j%(len(values)/2), v)
			}
			sums[j] += float64(v)
		}
		sums = sums[len(values):]
		if err := t.FinalizeAll(); err != nil {
			return err
		}
	}
	s.Batches++
	return nil
}

// meanStats divides the sums and hands them to the layers that have batch norm.
func meanStats(s *encoder.Sums, a dcgan.Arch) []*dcgan.HostStats {
	out := make([]*dcgan.HostStats, len(a.Discriminator))
	sums := s.Values
	for i, l := range a.Discriminator {
		if !l.BatchNorm {
			continue
		}
		average := make([]float32, 2*l.Maps)
		for j := range average {
			average[j] = float32(sums[j] / float64(s.Batches))
		}
		sums = sums[len(average):]
		out[i] = &dcgan.HostStats{Mean: average[:l.Maps], Variance: average[l.Maps:]}
	}
	return out
}
