package encoder

import (
	"context"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
)

// Streamed is a Network whose input is made while it runs on the batch before.
type Streamed interface {
	Network
	// Batch is the number of images of one run.
	Batch() int
	// Load makes the input of at most a batch of images. It may be called while Run runs, from one
	// goroutine.
	Load(im datasets.Images) (*Loaded, error)
	// Run writes the rows of a batch into dst, and releases it.
	Run(dst []float32, b *Loaded) error
}

// Loaded is a batch that is ready to enter a network.
type Loaded struct {
	// N is the number of its images.
	N int
	// Tensor is the network's input, padded to its batch; a test may leave it nil.
	Tensor *tensors.Tensor
}

// Release frees the memory of a batch.
func (b *Loaded) Release() error {
	if b == nil || b.Tensor == nil {
		return nil
	}
	return b.Tensor.FinalizeAll()
}

// Stream gives the loaded batches of images one after another, in their order. While give runs the
// network on one batch, another goroutine loads the next one, so that two batches are in memory and
// no more. An error of Load comes after the batches before it; the error names the images. Stream
// returns when nothing is being loaded any more.
func Stream(ctx context.Context, s Streamed, im datasets.Images, give func(lo int, b *Loaded) error) error {
	type result struct {
		lo    int
		batch *Loaded
		err   error
	}
	around := ctx
	ctx, stop := context.WithCancel(around)
	results := make(chan result)
	size := s.Batch()
	go func() {
		defer close(results)
		for lo := 0; lo < im.N && ctx.Err() == nil; lo += size {
			hi := min(lo+size, im.N)
			b, err := s.Load(im.Slice(lo, hi))
			if err != nil {
				err = fmt.Errorf("images %d to %d: %w", lo, hi-1, err)
			}
			select {
			case results <- result{lo, b, err}:
			case <-ctx.Done():
				b.Release()
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() {
		stop()
		for r := range results {
			r.batch.Release()
		}
	}()
	for r := range results {
		if r.err != nil {
			return r.err
		}
		if err := give(r.lo, r.batch); err != nil {
			return err
		}
		if r.lo+size >= im.N {
			return nil
		}
	}
	return context.Cause(around)
}
