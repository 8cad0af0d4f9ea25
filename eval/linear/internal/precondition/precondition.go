// Package precondition approximates the inverses of the Hessians of the linear SVM: by
// one matrix for all classes, from a sample of the rows (Sampled) or all of them (full),
// or by one matrix for each class, in float32 (perClass) or float64 (exact).
package precondition

import "context"

// Active says which rows count in the Hessian of a class.
type Active struct {
	// Class names it; Row reports whether row i counts.
	Class int32
	Row   func(i int) bool
}

// Preconditioner approximates the inverse of the Hessian of each class.
type Preconditioner interface {
	// Update adapts it to the rows that are active now, for the cost c.
	Update(ctx context.Context, c float64, active []Active) error
	// Apply sets dst[k] = P⁻¹·src[k], one vector for each of the classes of update.
	Apply(ctx context.Context, dst, src [][]float64) error
	// Shared reports whether one matrix serves all classes; else each has its own
	// Hessian up to rounding.
	Shared() bool
}

// shareOf returns the share of the classes for which row i is active.
func shareOf(active []Active, i int) float64 {
	n := 0
	for _, a := range active {
		if a.Row(i) {
			n++
		}
	}
	return float64(n) / float64(len(active))
}
