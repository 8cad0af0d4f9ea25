package linear

import (
	"context"
	"fmt"
	"math"
	"slices"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/simd"
)

// rough reports whether the scores that b holds, carried on from step to step, and
// products in float32 are enough: while it is on its way.
func (b *binary) rough() bool { return !b.precise && !b.ending }

// point is where a problem stood before a step.
type point struct{ objective, gap float64 }

// assess decides which problems need another step after one from the points before.
// The rough ones have been evaluated so; what looks finished is evaluated with fresh
// scores in float64 before it counts as such.
func (s *newton) assess(ctx context.Context, bs []*binary, before []point, tolerance float64) error {
	var fresh []int
	for k, b := range bs {
		if !b.rough() || b.gap <= tolerance*b.objective || b.objective >= before[k].objective {
			fresh = append(fresh, k)
		}
	}
	if err := s.evaluate(ctx, selected(bs, fresh)); err != nil {
		return err
	}
	for _, k := range fresh {
		bs[k].judge(tolerance, before[k])
	}
	return nil
}

// settle evaluates in float64 what was last evaluated roughly, as it is to be
// reported: problems for which there were too few steps.
func (s *newton) settle(ctx context.Context) error {
	var rough []*binary
	for _, b := range s.classes {
		if !b.precise {
			b.precise = true
			rough = append(rough, b)
		}
	}
	return s.evaluate(ctx, rough)
}

// roughOnes returns the rough problems among bs.
func roughOnes(bs []*binary) []*binary {
	var some []*binary
	for _, b := range bs {
		if b.rough() {
			some = append(some, b)
		}
	}
	return some
}

// selected returns the problems at the places at.
func selected(bs []*binary, at []int) []*binary {
	var some []*binary
	for _, k := range at {
		some = append(some, bs[k])
	}
	return some
}

// judge decides whether b, evaluated in float64 after a step from before, needs
// another one: until the duality gap, which bounds the error, is within the tolerance,
// or neither the objective nor the gap goes down. No more rough evaluations follow.
func (b *binary) judge(tolerance float64, before point) {
	switch {
	case b.gap <= tolerance*b.objective:
		b.state = solved
	case b.precise && b.objective >= before.objective && b.gap > gapDescent*before.gap:
		b.state = stalled
	}
	b.precise = true
}

// evaluate sets the scores, objective, gradient and duality gap of the problems
// at their weights, in one pass and in float64.
func (s *newton) evaluate(ctx context.Context, bs []*binary) error {
	return evaluate[float64](ctx, s, bs, freshScores)
}

// update sets objective, gradient and duality gap from the scores that the
// problems hold, with products in float32.
func (s *newton) update(ctx context.Context, bs []*binary) error {
	return evaluate[float32](ctx, s, bs, heldScores)
}

// scoring says where an evaluation has the scores from.
type scoring int

const (
	heldScores  scoring = iota // the scores that the problems hold
	freshScores                // products with the weights
	movedScores                // the held scores plus the products with the steps
)

// evaluate makes the products of an evaluation in T.
func evaluate[T simd.Float](ctx context.Context, s *newton, bs []*binary, from scoring) error {
	if len(bs) == 0 {
		return nil
	}
	var w [][]float64
	g := make([][]float64, len(bs))
	for k, b := range bs {
		g[k] = b.g
		clear(g[k])
		switch from {
		case freshScores:
			w = append(w, b.w)
		case movedScores:
			w = append(w, b.step)
		}
	}
	loss := vec.Dense(s.products.Parts(), len(bs))
	err := passes.Pass(ctx, s.products, w, g, func(part, lo, rows int, z []float64, f []T, stride int) {
		for k, b := range bs {
			for i := range rows {
				switch from {
				case freshScores:
					b.zstep[lo+i] = z[i*stride+k] - b.z[lo+i]
					b.z[lo+i] = z[i*stride+k]
				case movedScores:
					b.zstep[lo+i] = z[i*stride+k]
					b.z[lo+i] += b.zstep[lo+i]
				}
				y := sign(s.y[lo+i] == b.class)
				if h := 1 - y*b.z[lo+i]; !(h <= 0) { // NaN counts
					loss[part][k] += h * h
					f[i*stride+k] = T(-2 * s.c * y * h)
				}
			}
		}
	})
	if err != nil {
		return err
	}
	for k, b := range bs {
		if norm := b.conclude(s.c, k, loss); math.IsNaN(norm+b.objective) || math.IsInf(norm+b.objective, 0) {
			if err := s.x.NotFinite(); err != nil {
				return err
			}
			if s.c > maxCost {
				return errkind.Errorf(matrix.ErrNotFinite, "C = %g is too large for these features: the fit overflows; give a smaller C, such as %g, or scale them", s.asked(), DefaultC)
			}
			return fmt.Errorf("features are too large to be squared; scale them: %w", matrix.ErrNotFinite)
		}
	}
	s.passed(bs)
	return nil
}

// asked is the cost that was asked for: a fit comes to it by smaller ones.
func (s *newton) asked() float64 {
	asked := s.c
	for _, c := range slices.Sorted(slices.Values(s.o.C)) {
		if c >= s.c {
			asked = c
			break
		}
	}
	return asked
}

// maxCost is the C beyond which C, and not the features, is named where a fit overflows: with
// float32 products, features whose squares are ordinary overflow only with far larger ones.
const maxCost = 1e18

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
