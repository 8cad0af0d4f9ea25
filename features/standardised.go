package features

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/internal/progress"
)

// standardOffset is added to the variance of a feature.
const standardOffset = 0.01

// standardised runs a graph over images, patchBatch at a time whatever
// Options.BatchSize is, and standardises what it gives: each feature has its mean
// over the training images taken out and is divided by √(variance + 0.01).
type standardised struct {
	exec *Exec
	dim  int
	// mean and scale standardise; nil until they are known.
	mean, scale []float32
}

// compile takes the graph, which gives dim values for an image, in place of the
// one before.
func (s *standardised) compile(b *backends.Backend, dim int, build func(images *Node) *Node) error {
	s.close()
	s.dim, s.mean, s.scale = dim, nil, nil
	var err error
	s.exec, err = NewExec(b.Compute, build)
	return err
}

// gather takes mean and variance of the features over the images. The state
// counts one batch for what was learned before, then those of the images; its
// sums are those at the places at and at+1.
func (s *standardised) gather(ctx context.Context, im datasets.Images, p progress.Reporter, cache statsCache, state *statsSums, at int) error {
	task := progress.Or(p).Start("statistics of the features", int64(im.N), "images")
	defer task.Done()
	done := func() int { return min(im.N, (state.Batches-1)*patchBatch) }
	task.Add(int64(done()))
	sum, squares := state.Sums[at], state.Sums[at+1]
	rows := make([]float32, patchBatch*s.dim)
	saved := time.Now()
	for done() < im.N {
		if ctx.Err() != nil {
			err := fmt.Errorf("interrupted at image %d of the statistics; the same command goes on from there: %w", done(), context.Cause(ctx))
			if cache.save != nil {
				err = errors.Join(err, cache.save(*state))
			}
			return err
		}
		part := im.Slice(done(), min(done()+patchBatch, im.N))
		if err := s.encode(rows, part); err != nil {
			return err
		}
		for i, v := range rows[:part.N*s.dim] {
			j := i % s.dim
			sum[j] += float64(v)
			squares[j] += float64(v) * float64(v)
		}
		state.Batches++
		task.Add(int64(part.N))
		if cache.save != nil && time.Since(saved) > saveEvery {
			if err := cache.save(*state); err != nil {
				return err
			}
			saved = time.Now()
		}
	}
	s.mean, s.scale = make([]float32, len(sum)), make([]float32, len(sum))
	for j := range sum {
		mean := sum[j] / float64(im.N)
		variance := max(0, squares[j]/float64(im.N)-mean*mean)
		s.mean[j], s.scale[j] = float32(mean), float32(1/math.Sqrt(variance+standardOffset))
	}
	if cache.save != nil {
		return cache.save(*state)
	}
	return nil
}

// encode writes the features, standardised once that is known; in the last run
// the places of missing images are empty.
func (s *standardised) encode(dst []float32, im datasets.Images) error {
	for lo := 0; lo < im.N; lo += patchBatch {
		part := im.Slice(lo, min(lo+patchBatch, im.N))
		out, err := s.exec.Call1(imageTensor(part, patchBatch))
		if err != nil {
			return err
		}
		rows := dst[lo*s.dim : (lo+part.N)*s.dim]
		if err := tensors.ConstFlatData(out, func(values []float32) { copy(rows, values) }); err != nil {
			return err
		}
		if err := out.FinalizeAll(); err != nil {
			return err
		}
		if s.mean == nil {
			continue
		}
		for i := range rows {
			rows[i] = (rows[i] - s.mean[i%s.dim]) * s.scale[i%s.dim]
		}
	}
	return nil
}

func (s *standardised) close() {
	if s.exec != nil {
		s.exec.Finalize()
		s.exec = nil
	}
}
