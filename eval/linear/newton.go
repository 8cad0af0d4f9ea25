package linear

import (
	"context"
	"math"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/precondition"
	"repbench/features/matrix"
	"repbench/internal/memory"
	"repbench/internal/progress"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// Constants of the Newton iteration.
const (
	// forcing ends the conjugate gradients once an iteration lowers the quadratic
	// model by less than this part of the mean of all its iterations so far.
	forcing = 0.3
	// gapForcing is the part of the tolerance that the last step aims at, as its
	// residual is not quite the gradient at its end.
	gapForcing = 0.5
	// gapDescent is how far a step has to lower the duality gap where it does not
	// lower the objective: near the minimum its error is far below the gap, so that
	// rounding hides the decrease of the objective first.
	gapDescent = 0.5
	// preciseAbove is the condition number from which Hessian products are done
	// in float64.
	preciseAbove = 1e8
	// maxCG bounds the conjugate gradient iterations of one Newton step.
	maxCG = 500
	// stageFactor is the most by which the cost grows between two stages, and
	// stageTolerance the relative error at which one before the last ends.
	stageFactor    = 4
	stageTolerance = 1e-2
)

// binary is the problem of one class against the rest.
type binary struct {
	class int32
	w     []float64 // weights, D+1, the last one the bias
	g     []float64 // gradient at w
	z     []float64 // scores x_i·w, n
	step  []float64 // Newton direction, D+1
	zstep []float64 // x_i·step, n, near enough before the evaluation of a step from bytes
	zd    []float64 // products of the rows with the last direction, n

	objective float64
	gap       float64 // duality gap, half the squared norm of g
	ending    bool    // its step leaves a gap within the tolerance, if the model is right
	curved    float64 // step·H·step where the last step began, as bytes have it
	precise   bool    // evaluated with fresh scores in float64
	newton    int
	cg        int
	state     state
	warm      warmStart
	pairs     pairs
}

// state says whether a binary problem is solved.
type state int

const (
	open    state = iota // more steps are needed
	solved               // converged
	stalled              // no step lowers the objective or the gap in this precision
)

// String says how far a problem has come.
func (s state) String() string {
	switch s {
	case open:
		return "still going down"
	case solved:
		return "solved"
	}
	return "no further descent"
}

// newton solves binary problems over one matrix together.
type newton struct {
	x        matrix.View
	y        []int32
	sweep    *passes.Native
	products passes.Passes // of sweep, or of a device
	stock    *precondition.Stock
	tile     *simd.ByteTile // of bytes; nil: they are not used
	bytes    *passes.Quantised
	arenas   memory.Arenas // of bytes
	spent    int           // conjugate gradient iterations at all costs
	latest   int           // conjugate gradient iterations of the last Newton step
	pre      precondition.Preconditioner
	c        float64
	o        Options
	passes   int
	task     progress.Task
	classes  []*binary
	refuted  []int32 // classes at c whose solution by the device did not hold
}

// active reports whether row i counts in the Hessian of b.
func (b *binary) active(y []int32, i int) bool { return sign(y[i] == b.class)*b.z[i] < 1 }

func sign(positive bool) float64 {
	if positive {
		return 1
	}
	return -1
}

// still returns the problems that are not solved.
func (s *newton) still() []*binary {
	var bs []*binary
	for _, b := range s.classes {
		if b.state == open {
			bs = append(bs, b)
		}
	}
	return bs
}

// solve minimises, for each class, f(w) = ½‖w‖² + C·Σ max(0, 1 - y_i·x_i·w)²
// from the weights that the problems hold, the solution at the cost before
// (0: of no cost).
func (s *newton) solve(ctx context.Context, before, c float64) error {
	tasks.Do(s.o.Threads, len(s.classes), func(_, k int) {
		b := s.classes[k]
		b.newton, b.cg = 0, 0
		if s.pre == nil || s.pre.Shared() { // with an exact Hessian it costs passes
			b.warm.extrapolate(b, s.y, before, c)
		}
	})
	steps := s.o.MaxIterations
	for _, s.c = range s.stages(before, c) {
		tolerance := s.o.Tolerance
		if s.c < c {
			tolerance = stageTolerance
		}
		var err error
		if steps, err = s.minimise(ctx, tolerance, steps); err != nil {
			return err
		}
	}
	return s.verify(ctx, steps)
}

// stages returns the costs to solve for on the way to c. Where a problem is so
// ill-conditioned that it hardly has more active rows than it needs, each Newton
// step finds only a few of these rows; a path of costs, each started from the
// solution before, gets there in far fewer steps.
func (s *newton) stages(before, c float64) []float64 {
	s.c = c
	if !s.useExact() || math.IsInf(s.condition(), 0) { // infinite: evaluate refuses it
		return []float64{c}
	}
	from := max(before, c*precondition.ExactAbove/s.condition())
	n := math.Ceil(math.Log(c/from) / math.Log(stageFactor))
	var costs []float64
	for i := 1.0; i < n; i++ {
		costs = append(costs, from*math.Pow(c/from, i/n))
	}
	return append(costs, c)
}

// minimise takes up to steps Newton steps at one cost and returns how many are
// left.
func (s *newton) minimise(ctx context.Context, tolerance float64, steps int) (int, error) {
	before := make([]point, len(s.classes))
	for k, b := range s.classes {
		b.state, b.ending, b.precise = open, false, s.condition() > preciseAbove
		before[k] = point{objective: math.Inf(1)}
	}
	if err := s.update(ctx, roughOnes(s.classes)); err != nil {
		return 0, err
	}
	if err := s.assess(ctx, s.classes, before, tolerance); err != nil {
		return 0, err
	}
	return s.descend(ctx, tolerance, steps)
}

// descend takes up to steps Newton steps from problems that have been evaluated
// and returns how many are left.
func (s *newton) descend(ctx context.Context, tolerance float64, steps int) (int, error) {
	for ; steps > 0; steps-- {
		bs := s.still()
		if len(bs) == 0 {
			break
		}
		if err := s.precondition(ctx, bs); err != nil {
			return 0, err
		}
		if err := s.direction(ctx, bs, tolerance); err != nil {
			return 0, err
		}
		before := make([]point, len(bs))
		for k, b := range bs {
			before[k] = point{b.objective, b.gap}
		}
		if err := s.move(ctx, bs); err != nil {
			return 0, err
		}
		if err := s.assess(ctx, bs, before, tolerance); err != nil {
			return 0, err
		}
		s.trustBytes(bs)
	}
	return steps, s.settle(ctx)
}

// move takes the problems along their steps to the minima of their objectives
// there, and evaluates the rough ones.
func (s *newton) move(ctx context.Context, bs []*binary) error {
	if s.onBytes() {
		return s.moveByBytes(ctx, bs)
	}
	tasks.Do(s.o.Threads, len(bs), func(_, k int) { s.advance(bs[k]) })
	return s.update(ctx, roughOnes(bs))
}

// precondition picks the preconditioner for the rows active now.
func (s *newton) precondition(ctx context.Context, bs []*binary) (err error) {
	kind := precondition.Choose(s.costs())
	if !s.stock.Built()[kind] {
		s.task.Note(kind.String())
	}
	s.pre, err = s.stock.Take(ctx, kind, s.c, s.active(bs))
	return err
}

// costs is what the choice of a preconditioner depends on.
func (s *newton) costs() precondition.State {
	return precondition.State{N: s.x.N, D: s.x.D, Classes: len(s.classes), Condition: s.condition(),
		Spent: s.spent, Latest: s.latest, Costly: s.native(), Built: s.stock.Built()}
}

// active returns the rows that count in the Hessians of the problems.
func (s *newton) active(bs []*binary) []precondition.Active {
	rows := make([]precondition.Active, len(bs))
	for k, b := range bs {
		rows[k] = precondition.Active{Class: b.class, Row: func(i int) bool { return b.active(s.y, i) }}
	}
	return rows
}

// useExact reports whether the Hessians of the classes are factored exactly.
func (s *newton) useExact() bool {
	return precondition.Choose(s.costs()) == precondition.OfEachClassExact
}

// condition estimates the condition number of the Hessians from above, by 2C
// times the sum of the squared norms of the rows.
func (s *newton) condition() float64 { return 2 * s.c * float64(s.x.N) * s.stock.MeanNorm() }
