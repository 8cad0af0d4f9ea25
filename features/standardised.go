package features

import (
	"context"
	"errors"
	"fmt"
	"math"

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
	s.Close()
	s.dim, s.mean, s.scale = dim, nil, nil
	var err error
	s.exec, err = NewExec(b.Compute, build)
	return err
}

// gather takes mean and variance of the features over the images. The sums count one
// batch for what was learned before, then the batches of the images; sum and squares
// are the part of their values that it adds to.
func (s *standardised) gather(ctx context.Context, im datasets.Images, p progress.Reporter, sums *Sums, sum, squares []float64) error {
	task := progress.Or(p).Start("statistics of the features", int64(im.N), "images")
	defer task.Done()
	done := func() int { return min(im.N, (sums.Batches-1)*patchBatch) }
	task.Add(int64(done()))
	rows := make([]float32, patchBatch*s.dim)
	for done() < im.N {
		if ctx.Err() != nil {
			err := fmt.Errorf("interrupted at image %d of the statistics; the same command goes on from there: %w", done(), context.Cause(ctx))
			return errors.Join(err, sums.Save())
		}
		part := im.Slice(done(), min(done()+patchBatch, im.N))
		if err := s.Encode(rows, part); err != nil {
			return err
		}
		for i, v := range rows[:part.N*s.dim] {
			j := i % s.dim
			sum[j] += float64(v)
			squares[j] += float64(v) * float64(v)
		}
		sums.Batches++
		task.Add(int64(part.N))
		if err := sums.SaveSometimes(); err != nil {
			return err
		}
	}
	s.mean, s.scale = make([]float32, len(sum)), make([]float32, len(sum))
	for j := range sum {
		mean := sum[j] / float64(im.N)
		variance := max(0, squares[j]/float64(im.N)-mean*mean)
		s.mean[j], s.scale[j] = float32(mean), float32(1/math.Sqrt(variance+standardOffset))
	}
	return sums.Save()
}

// Encode writes the features, standardised once that is known; in the last run
// the places of missing images are empty.
func (s *standardised) Encode(dst []float32, im datasets.Images) error {
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

func (s *standardised) Close() {
	if s.exec != nil {
		s.exec.Finalize()
		s.exec = nil
	}
}
