package precondition

import (
	"context"

	"repbench/eval/linear/internal/passes"
)

// What the kinds of preconditioner cost and when they are worth it.
const (
	// ExactAbove is the condition number above which factors in float64 are worth their
	// cost, and exactFlops the most that they may cost a Newton step.
	ExactAbove = 1e5
	exactFlops = 2e10
	// perClassMost bounds the rows of factors of each class in float32, and
	// perClassMemory the bytes of all of them.
	perClassMost   = 4096
	perClassMemory = 1 << 30
	// fullMost bounds the order of a matrix from all rows; 16,384 make one of 1 GiB.
	fullMost = 16384
	// fullPays is how many conjugate gradient iterations over ten classes take as
	// long as building it at ten columns: both grow with rows times columns.
	fullPays = 1.0 / 12
)

// Kind is a kind of preconditioner.
type Kind int

// The kinds, the cheapest first: one matrix for all classes, then one for each.
const (
	FromSample Kind = iota
	FromAllRows
	OfEachClass
	OfEachClassExact
	kinds
)

// String says what is built; the progress of a fit shows it.
func (k Kind) String() string {
	return [...]string{"preconditioner from a sample", "preconditioner from all rows", "a preconditioner for each class", "an exact preconditioner for each class"}[k]
}

// State is what a choice depends on.
type State struct {
	// N and D are the rows and columns of the matrix, Classes are solved together.
	N, D, Classes int
	// Condition is an upper bound of the condition number of the Hessians.
	Condition float64
	// Spent are the conjugate gradient iterations so far, Latest the iterations of the
	// last Newton step.
	Spent, Latest int
	// Costly is false where a device makes the passes, so that iterations cost little.
	Costly bool
	// Built says which kinds have been built.
	Built [kinds]bool
}

// Choose is the only place that weighs costs. A kind that has been built stays, as its
// dearest part is done.
func Choose(s State) Kind {
	switch {
	case s.Condition > ExactAbove && s.exactCost() <= exactFlops:
		return OfEachClassExact
	case s.Built[OfEachClass] || s.Costly && s.perClassPays():
		return OfEachClass
	case s.Built[FromAllRows] || s.Costly && s.fullPays():
		return FromAllRows
	}
	return FromSample
}

// exactCost returns the floating-point operations of factors in float64.
func (s State) exactCost() float64 {
	r := float64(min(s.N, s.D+1))
	ops := r * r * r / 3
	if s.N > s.D {
		ops += 2 * float64(s.N) * r * r
	}
	return ops * float64(s.Classes)
}

// perClassPays reports whether factors of each class fit and are worth their cost:
// whether the iterations spent so far would have paid for the products of all pairs of
// rows, n²·d operations, and the iterations of the last Newton step for the factors, n³/3 per
// class at the most, beside the one iteration or two that these leave. An iteration
// costs some 8·n·d per class; how fast the operations are was measured.
func (s State) perClassPays() bool {
	if s.N > perClassMost || 4*s.N*s.N*s.Classes > perClassMemory {
		return false
	}
	n, d := float64(s.N), float64(s.D)
	return float64(15*s.Spent*s.Classes) > n && float64(s.Latest) > 1.5+n*n/(400*d)
}

// fullPays reports whether what was spent on iterations would have paid for the matrix
// from all rows.
func (s State) fullPays() bool {
	return s.D < fullMost && s.N > s.D && float64(s.Spent*s.Classes) > fullPays*float64(s.D)
}

// Stock keeps the preconditioners of one matrix that have been built.
type Stock struct {
	rows    *passes.Native
	sampled *Sampled
	built   [kinds]Preconditioner
}

// NewStock returns a stock that holds the sampled one.
func NewStock(rows *passes.Native, sampled *Sampled) *Stock {
	return &Stock{rows: rows, sampled: sampled, built: [kinds]Preconditioner{FromSample: sampled}}
}

// MeanNorm returns the mean squared norm of the rows, the constant included.
func (s *Stock) MeanNorm() float64 { return s.sampled.meanNorm }

// Built says which kinds have been built.
func (s *Stock) Built() (built [kinds]bool) {
	for k, p := range s.built {
		built[k] = p != nil
	}
	return built
}

// Take returns the preconditioner of a kind for the rows active now and the cost c. It
// is built where there is none yet.
func (s *Stock) Take(ctx context.Context, k Kind, c float64, active []Active) (p Preconditioner, err error) {
	if s.built[k] == nil {
		switch k {
		case FromAllRows:
			p, err = newFull(ctx, s.rows.X, active, s.rows.Threads())
		case OfEachClass:
			p = newPerClass(s.rows, s.sampled.meanNorm)
		case OfEachClassExact:
			p = newExact(s.rows)
		}
		if err != nil {
			return nil, err
		}
		s.built[k] = p
	}
	return s.built[k], s.built[k].Update(ctx, c, active)
}
