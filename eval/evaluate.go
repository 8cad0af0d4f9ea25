package eval

import (
	"context"
	"fmt"
	"math"
)

// evaluate sets the scores, objective, gradient and duality gap of the problems
// at their weights, in one pass and in float64.
func (s *newton) evaluate(ctx context.Context, bs []*binary) error {
	w, g := make([][]float64, len(bs)), make([][]float64, len(bs))
	for k, b := range bs {
		w[k], g[k] = b.w, b.g
		clear(g[k])
	}
	loss := dense(s.products.parts(), len(bs))
	err := s.products.pass64(ctx, w, g, func(part, lo, rows int, z, f []float64, stride int) {
		for k, b := range bs {
			for i := range rows {
				y := sign(s.y[lo+i] == b.class)
				score := z[i*stride+k]
				b.z[lo+i] = score
				if h := 1 - y*score; !(h <= 0) { // NaN counts
					loss[part][k] += h * h
					f[i*stride+k] = -2 * s.c * y * h
				}
			}
		}
	})
	if err != nil {
		return err
	}
	for k, b := range bs {
		if norm := b.conclude(s.c, k, loss); math.IsNaN(norm+b.objective) || math.IsInf(norm+b.objective, 0) {
			if err := s.x.notFinite(); err != nil {
				return err
			}
			return fmt.Errorf("eval: features are too large to be squared; scale them: %w", ErrNotFinite)
		}
	}
	s.passed(bs)
	return nil
}

// conclude sets objective, gradient and gap of b from the losses loss[part][k]
// and the gradient of the loss, which g holds, and returns ‖g‖².
func (b *binary) conclude(c float64, k int, loss [][]float64) (norm float64) {
	b.objective = 0
	for _, l := range loss {
		b.objective += c * l[k]
	}
	for j, v := range b.w {
		b.objective += 0.5 * v * v
		b.g[j] += v
		norm += b.g[j] * b.g[j]
	}
	b.gap = norm / 2
	return norm
}

// passed counts a pass over the matrix and shows where the problems are.
func (s *newton) passed(bs []*binary) {
	s.passes++
	s.task.Add(1)
	var gap float64
	for _, b := range bs {
		gap = max(gap, b.gap/b.objective)
	}
	s.task.Note(fmt.Sprintf("C %g, %d classes left, relative gap %.1e", s.c, len(bs), gap))
}
