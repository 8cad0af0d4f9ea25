package eval

import (
	"context"

	"repbench/internal/simd"
	"repbench/internal/tasks"
)

const (
	// byteLeast is the number of elements from which a copy of the matrix in bytes
	// pays.
	byteLeast = 1 << 22
	// byteTrust is how far the curvature along a step may be from what the bytes
	// gave, as a part of it.
	byteTrust = 0.1
)

// byteTile returns the tile for the products of the bytes of x, or nil where they
// are not to be used.
func byteTile(x Matrix, o SVMOptions) *simd.ByteTile {
	tile := o.tile
	if tile == nil && x.N*x.D >= byteLeast {
		tile = simd.MatrixByteTile()
	}
	if tile == nil || !bytesWorthwhile(x, tile) {
		return nil
	}
	return tile
}

// onBytes reports whether Hessian products are made from bytes.
func (s *newton) onBytes() bool {
	return s.tile != nil && s.native() && s.condition() <= preciseAbove && !s.useExact()
}

// copyToBytes makes the copy of the matrix, at the first step that uses it.
func (s *newton) copyToBytes(ctx context.Context) (err error) {
	if s.onBytes() && s.bytes == nil {
		s.task.Note("rounding the features to bytes")
		s.bytes, err = newByteMatrix(ctx, &s.arenas, s.tile, s.x, s.o.Threads)
	}
	return err
}

// dropBytes gives the memory of the copy back, if there is one.
func (s *newton) dropBytes() {
	s.bytes.giveBack()
	s.bytes = nil
}

// rescore finds the products of the rows themselves with the steps that came from
// the bytes, in half a pass. Where the curvature along a step is not what the bytes
// gave, they are not trusted again, and the step is not the last one.
func (s *newton) rescore(ctx context.Context, systems []*system) error {
	bs := bsOf(systems)
	steps, before := make([][]float64, len(bs)), make([]float64, len(bs))
	tasks.Do(s.o.Threads, len(bs), func(_, k int) {
		for j, v := range bs[k].step {
			bs[k].step[j] = float64(float32(v))
		}
		steps[k], before[k] = bs[k].step, s.curvature(bs[k])
	})
	err := scores[float32](ctx, s.sweep, steps, func(lo, rows int, z []float64, stride int) {
		for k, b := range bs {
			for i := range rows {
				b.zstep[lo+i] = z[i*stride+k]
			}
		}
	})
	if err != nil {
		return err
	}
	s.passed(bs)
	for k, b := range bs {
		if after := s.curvature(b); !(after <= (1+byteTrust)*before[k] && before[k] <= (1+byteTrust)*after) {
			systems[k].model = 0
			s.tile = nil
			s.dropBytes()
		}
	}
	return nil
}

// curvature returns step·H·step by the products of the rows that b holds.
func (s *newton) curvature(b *binary) float64 {
	sum := dot(b.step, b.step)
	for i, v := range b.zstep {
		if b.active(s.y, i) {
			sum += 2 * s.c * v * v
		}
	}
	return sum
}
