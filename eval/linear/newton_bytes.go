package linear

import (
	"context"
	"errors"
	"slices"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/memory"
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
func byteTile(x matrix.View, o Options) *simd.ByteTile {
	tile := o.tile
	if tile == nil && x.N*x.D >= byteLeast {
		tile = simd.MatrixByteTile()
	}
	if tile == nil || !passes.QuantisedFits(x, tile) {
		return nil
	}
	return tile
}

// onBytes reports whether Hessian products are made from bytes.
func (s *newton) onBytes() bool {
	return s.tile != nil && s.native() && s.condition() <= preciseAbove && !s.useExact()
}

// copyToBytes makes the copy of the matrix, at the first step that uses it. Where
// there is no memory for it, the features themselves serve, more slowly.
func (s *newton) copyToBytes(ctx context.Context, lend func(bytes int) (*memory.Arena, error)) (err error) {
	if !s.onBytes() || s.bytes != nil {
		return nil
	}
	s.task.Note("rounding the features to bytes")
	if s.bytes, err = passes.NewQuantised(ctx, lend, s.tile, s.x, s.o.Threads); errors.Is(err, passes.ErrNoRoom) {
		s.tile = nil
		return nil
	}
	return err
}

// dropBytes gives the memory of the copy back, if there is one.
func (s *newton) dropBytes() {
	s.bytes.GiveBack()
	s.bytes = nil
}

// moveByBytes is move for steps from the bytes, whose products with the rows are
// only nearly right: enough to find the minimum along the step. The products of the
// rows themselves follow in the pass that evaluates the end of the step.
func (s *newton) moveByBytes(ctx context.Context, bs []*binary) error {
	tasks.Do(s.o.Threads, len(bs), func(_, k int) {
		b := bs[k]
		slope, _ := s.slope(b, 0, vec.Dot(b.w, b.step), 0)
		t := s.lineSearch(b, vec.Dot(b.g, b.step)-slope)
		for j, v := range b.step {
			b.step[j] = float64(float32(t * v))
			b.w[j] += b.step[j]
		}
		for i := range b.zstep {
			b.zstep[i] *= t
		}
		b.curved = s.curvature(b, 0)
	})
	return evaluate[float32](ctx, s, roughOnes(bs), movedScores)
}

// trustBytes gives the bytes up where the curvature along a step, evaluated since, is
// not what they gave, and where a step from them led no further. The problems go on
// from where they are.
func (s *newton) trustBytes(bs []*binary) {
	if !s.onBytes() {
		return
	}
	wrong := make([]bool, len(bs))
	tasks.Do(s.o.Threads, len(bs), func(_, k int) {
		b := bs[k]
		curved := s.curvature(b, 1)
		wrong[k] = b.state == stalled || !(curved <= (1+byteTrust)*b.curved && b.curved <= (1+byteTrust)*curved)
	})
	if !slices.Contains(wrong, true) {
		return
	}
	s.tile = nil
	s.dropBytes()
	for _, b := range bs {
		if b.state == stalled {
			b.state = open
		}
	}
}

// curvature returns step·H·step by the products of the rows that b holds, for the H of the
// place that lies ago steps back along the line.
func (s *newton) curvature(b *binary, ago float64) float64 {
	sum := vec.Dot(b.step, b.step)
	for i, v := range b.zstep {
		if sign(s.y[i] == b.class)*(b.z[i]-ago*v) < 1 {
			sum += 2 * s.c * v * v
		}
	}
	return sum
}
