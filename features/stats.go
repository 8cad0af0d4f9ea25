package features

import (
	"context"
	"errors"
	"fmt"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
)

// statsSums are the sums over minibatches from which fixed statistics are made.
// Sums[i] holds, for the i-th batch-norm layer, the means of each channel and
// then the variances.
type statsSums struct {
	Batches int         `json:"batches"`
	Sums    [][]float64 `json:"sums"`
}

// statsCache keeps the sums while they grow, so that gathering can go on after
// an interruption. Its functions may be nil. What is too large for that goes into
// files of their own in dir, unless it is "".
type statsCache struct {
	dir  string
	load func() (statsSums, bool)
	save func(statsSums) error
}

// saveEvery is how often work in progress is made safe.
const saveEvery = 10 * time.Second

// gatherStats averages batch means and batch variances of D over the minibatches
// of images; see the mode Fixed.
func gatherStats(ctx context.Context, m *dcgan.Model, b *backends.Backend, im ordered, p progress.Reporter, cache statsCache) ([]*dcgan.HostStats, error) {
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
	sums := statsSums{}
	if cache.load != nil {
		if s, ok := cache.load(); ok {
			sums = s
		}
	}
	n := im.len()
	task := progress.Or(p).Start("batch-norm statistics", int64(n), "images")
	defer task.Done()
	task.Add(int64(min(n, sums.Batches*StatsBatch)))
	saved := time.Now()
	for lo := sums.Batches * StatsBatch; lo < n; lo += StatsBatch {
		if ctx.Err() != nil {
			err := fmt.Errorf("interrupted at image %d of the batch-norm statistics; the same command goes on from there: %w", lo, context.Cause(ctx))
			if cache.save != nil {
				err = errors.Join(err, cache.save(sums))
			}
			return nil, err
		}
		part := im.slice(lo, min(lo+StatsBatch, n))
		if err := sums.add(exec, part); err != nil {
			return nil, fmt.Errorf("batch-norm statistics of images %d to %d: %w", lo, lo+part.N-1, err)
		}
		task.Add(int64(part.N))
		if cache.save != nil && time.Since(saved) > saveEvery {
			if err := cache.save(sums); err != nil {
				return nil, err
			}
			saved = time.Now()
		}
	}
	if cache.save != nil {
		if err := cache.save(sums); err != nil {
			return nil, err
		}
	}
	return sums.means(m.Arch), nil
}

func (s *statsSums) add(exec *model.Exec, im datasets.Images) error {
	out, err := exec.Call(imageTensor(im, im.N))
	if err != nil {
		return err
	}
	if s.Sums == nil {
		s.Sums = make([][]float64, len(out))
	}
	for i, t := range out {
		values, err := tensors.CopyFlatData[float32](t)
		if err != nil {
			return err
		}
		if s.Sums[i] == nil {
			s.Sums[i] = make([]float64, len(values))
		}
		for j, v := range values {
			if v-v != 0 {
				return fmt.Errorf("layer %d with batch norm, channel %d: %g is not finite; the weights are broken", i+1, j%(len(values)/2), v)
			}
			s.Sums[i][j] += float64(v)
		}
		if err := t.FinalizeAll(); err != nil {
			return err
		}
	}
	s.Batches++
	return nil
}

// means divides the sums and hands them to the layers that have batch norm.
func (s *statsSums) means(a dcgan.Arch) []*dcgan.HostStats {
	out := make([]*dcgan.HostStats, len(a.Discriminator))
	next := 0
	for i, l := range a.Discriminator {
		if !l.BatchNorm {
			continue
		}
		average := make([]float32, 2*l.Maps)
		for j, v := range s.Sums[next] {
			average[j] = float32(v / float64(s.Batches))
		}
		out[i] = &dcgan.HostStats{Mean: average[:l.Maps], Variance: average[l.Maps:]}
		next++
	}
	return out
}
