package linear

import (
	"context"
	"slices"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// system is the Newton system H·p = -g of one problem on its way through the
// preconditioned conjugate gradients.
type system struct {
	b           *binary
	r, s, d, hd []float64 // residual, P⁻¹·r, direction, H·d; D+1 each
	q           []float64 // what the preconditioner is applied to
	dhd         float64   // d·H·d
	won         float64   // decrease of the quadratic model by the last iteration
	model       float64   // and by all of them
	iterations  int
	fresh       pairs   // of these iterations
	promised    float64 // decrease of the model by the step to P⁻¹·r at the start, if P = H
	exact       bool    // P = H up to rounding
	tolerable   float64 // error of the objective
	done        bool    // there was little to be won
}

// direction sets the step of each problem, and the products of the rows with
// it, by preconditioned conjugate gradients on all of them at once, one pass
// over the data an iteration (Hestenes and Stiefel 1952). The new direction is
// made conjugate to the last one explicitly, which allows for a preconditioner
// in finite precision (Notay, "Flexible conjugate gradients", 2000). They end
// when each system has had an iteration j that hardly lowered its quadratic
// model q (Nash and Sofer 1990; for linear classification Galli and Lin, "A study
// on truncated Newton methods for linear classification", 2022):
//
//	j·(q_{j-1} - q_j) ≤ forcing·(q_0 - q_j),
//
// or, with exact factors, has decreased by most of what these promise. A step that
// wins less than the tolerance, so that it should be the last one, goes on until its
// residual, which is the gradient at its end where no row becomes active or inactive,
// leaves a duality gap within the tolerance: half its squared norm.
func (s *newton) direction(ctx context.Context, bs []*binary, tolerance float64) error {
	if err := s.copyToBytes(ctx, s.arenas.Take); err != nil {
		return err
	}
	systems := make([]*system, len(bs))
	for k, b := range bs {
		systems[k] = newSystem(b, s.c)
		systems[k].exact = !s.pre.Shared()
		systems[k].tolerable = tolerance * b.objective
	}
	for s.latest = 0; ; {
		if err := s.applyPreconditioner(ctx, systems); err != nil {
			return err
		}
		tasks.Do(s.o.Threads, len(systems), func(_, k int) { systems[k].turn() })
		if err := s.hessian(ctx, systems); err != nil {
			return err
		}
		s.spent++
		s.latest++
		tasks.Do(s.o.Threads, len(systems), func(_, k int) { systems[k].advance(s.c) })
		if !slices.ContainsFunc(systems, func(sys *system) bool { return !sys.done }) {
			break
		}
	}
	for _, sys := range systems {
		sys.close()
	}
	return nil
}

// applyPreconditioner sets s = P⁻¹·r of each system. What its problem remembers
// improves on a preconditioner that classes share, not on one for the class alone.
func (s *newton) applyPreconditioner(ctx context.Context, systems []*system) error {
	shared := s.pre.Shared()
	tasks.Do(s.o.Threads, len(systems), func(_, k int) {
		sys := systems[k]
		copy(sys.q, sys.r)
		if shared {
			sys.b.pairs.before(sys.q)
		}
	})
	if err := s.pre.Apply(ctx, vectors(systems, preconditioned), vectors(systems, residual)); err != nil || !shared {
		return err
	}
	tasks.Do(s.o.Threads, len(systems), func(_, k int) { systems[k].b.pairs.after(systems[k].s) })
	return nil
}

// newSystem starts at p = 0.
func newSystem(b *binary, c float64) *system {
	clear(b.step)
	clear(b.zstep)
	v := vec.Dense(5, len(b.w))
	sys := &system{b: b, r: v[0], s: v[1], d: v[2], hd: v[3], q: v[4], fresh: pairs{most: b.pairs.most}}
	b.pairs.scale(c)
	for j, g := range b.g {
		sys.r[j] = -g
	}
	return sys
}

func residual(sys *system) []float64 { return sys.q }

func preconditioned(sys *system) []float64 { return sys.s }

func direction(sys *system) []float64 { return sys.d }

func product(sys *system) []float64 { return sys.hd }

// vectors returns one vector of each system.
func vectors(systems []*system, which func(*system) []float64) [][]float64 {
	v := make([][]float64, len(systems))
	for k, sys := range systems {
		v[k] = which(sys)
	}
	return v
}

// turn chooses the next direction. It is rounded to float32, so that the
// Hessian product belongs to exactly the direction that is followed.
func (sys *system) turn() {
	var beta float64
	if sys.iterations == 0 {
		sys.promised = vec.Dot(sys.r, sys.s) / 2
	} else if sys.dhd > 0 {
		beta = -vec.Dot(sys.s, sys.hd) / sys.dhd
	}
	for j, v := range sys.s {
		sys.d[j] = float64(float32(v + beta*sys.d[j]))
	}
}

// advance moves along d to the minimum of the model there.
func (sys *system) advance(c float64) {
	rd := vec.Dot(sys.r, sys.d)
	sys.dhd = vec.Dot(sys.d, sys.hd)
	sys.iterations++
	if !(rd > 0 && sys.dhd > 0) {
		sys.won, sys.done = 0, true // solved as far as this precision goes
		return
	}
	alpha := rd / sys.dhd
	b := sys.b
	if !sys.exact { // nothing to improve on
		sys.fresh.add(newPair(c, sys.d, sys.hd))
	}
	for j, v := range sys.d {
		b.step[j] += alpha * v
		sys.r[j] -= alpha * sys.hd[j]
	}
	for i, v := range b.zd {
		b.zstep[i] += alpha * v
	}
	sys.won = alpha * rd / 2
	sys.model += sys.won
	little := float64(sys.iterations)*sys.won <= forcing*sys.model
	delivered := sys.exact && sys.model >= (1-forcing)*sys.promised
	unproven := sys.model <= sys.tolerable && vec.Dot(sys.r, sys.r)/2 > gapForcing*sys.tolerable
	sys.done = sys.done || (little || delivered) && !unproven || sys.iterations >= maxCG
}

// close hands the step over to the problem.
func (sys *system) close() {
	b := sys.b
	b.pairs.add(sys.fresh.kept...)
	b.newton++
	b.cg += sys.iterations
	b.ending = vec.Dot(sys.r, sys.r)/2 <= gapForcing*sys.tolerable
}

// hessian sets hd = H·d of each system in one pass.
func (s *newton) hessian(ctx context.Context, systems []*system) error {
	switch {
	case s.condition() > preciseAbove:
		return hessian[float64](ctx, s, systems, s.products)
	case s.onBytes():
		return hessian[float32](ctx, s, systems, s.bytes)
	}
	return hessian[float32](ctx, s, systems, s.products)
}

func hessian[T simd.Float](ctx context.Context, s *newton, systems []*system, p passes.Passes) error {
	hd := vectors(systems, product)
	for k, sys := range systems {
		copy(hd[k], sys.d)
	}
	err := passes.Pass(ctx, p, vectors(systems, direction), hd, func(_, lo, rows int, z []float64, f []T, stride int) {
		for k, sys := range systems {
			for i := range rows {
				v := z[i*stride+k]
				sys.b.zd[lo+i] = v
				if sys.b.active(s.y, lo+i) {
					f[i*stride+k] = T(2 * s.c * v)
				}
			}
		}
	})
	if err == nil {
		s.passed(bsOf(systems))
	}
	return err
}

func bsOf(systems []*system) []*binary {
	bs := make([]*binary, len(systems))
	for k, sys := range systems {
		bs[k] = sys.b
	}
	return bs
}
