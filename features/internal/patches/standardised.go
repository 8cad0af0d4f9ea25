package patches

import (
	"context"
	"errors"
	"fmt"
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/internal/progress"
)

// StandardOffset is added to the variance of a feature.
const StandardOffset = 0.01

// Standardised runs a graph over images, patchBatch at a time whatever
// Options.BatchSize is, and standardises what it gives: each feature has its mean
// over the training images taken out and is divided by √(variance + 0.01).
type Standardised struct {
	// Exec is the compiled graph, nil before Compile.
	Exec *Exec
	dim  int
	// Mean and scale standardise; nil until they are known.
	Mean, Scale []float32
}

// Compile takes the graph, which gives dim values for an image, in place of the
// one before.
func (s *Standardised) Compile(b *backends.Backend, dim int, build func(images *Node) *Node) error {
	s.Close()
	s.dim, s.Mean, s.Scale = dim, nil, nil
	var err error
	s.Exec, err = NewExec(b.Compute, build)
	return err
}

// Gather takes mean and variance of the features over the images. The sums count one
// batch for what was learned before, then the batches of the images; sum and squares
// are the part of their values that it adds to.
func (s *Standardised) Gather(ctx context.Context, im datasets.Images, p progress.Reporter, sums *encoder.Sums, sum, squares []float64) error {
	task := progress.Or(p).Start("statistics of the features", int64(im.N), "images")
	defer task.Done()
	done := func() int { return min(im.N, (sums.Batches-1)*PatchBatch) }
	progress.Earlier(task, int64(done()))
	rows := make([]float32, PatchBatch*s.dim)
	for done() < im.N {
		if ctx.Err() != nil {
			err := fmt.Errorf("interrupted at image %d of the statistics; the same command goes on from there: %w", done(), context.Cause(ctx))
			return errors.Join(err, sums.Save())
		}
		part := im.Slice(done(), min(done()+PatchBatch, im.N))
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
	s.Mean, s.Scale = make([]float32, len(sum)), make([]float32, len(sum))
	for j := range sum {
		mean := sum[j] / float64(im.N)
		variance := max(0, squares[j]/float64(im.N)-mean*mean)
		s.Mean[j], s.Scale[j] = float32(mean), float32(1/math.Sqrt(variance+StandardOffset))
	}
	return sums.Save()
}

// Encode writes the features, standardised once that is known; in the last run
// the places of missing images are empty.
func (s *Standardised) Encode(dst []float32, im datasets.Images) error {
	for lo := 0; lo < im.N; lo += PatchBatch {
		part := im.Slice(lo, min(lo+PatchBatch, im.N))
		out, err := s.Exec.Call1(encoder.ImageTensor(part, PatchBatch))
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
		if s.Mean == nil {
			continue
		}
		for i := range rows {
			rows[i] = (rows[i] - s.Mean[i%s.dim]) * s.Scale[i%s.dim]
		}
	}
	return nil
}

// Close frees the program of the device.
func (s *Standardised) Close() {
	if s.Exec != nil {
		s.Exec.Finalize()
		s.Exec = nil
	}
}
