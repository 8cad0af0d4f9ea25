package linear

import "context"

// Active says which rows count in the Hessian of a class.
type Active struct {
	Class int32
	Row   func(i int) bool
}

// preconditioner approximates the inverse of the Hessian of each class.
type preconditioner interface {
	// update adapts it to the rows that are active now, for the cost c.
	update(ctx context.Context, c float64, active []Active) error
	// apply sets dst[k] = P⁻¹·src[k], one vector for each of the classes of update.
	apply(ctx context.Context, dst, src [][]float64) error
	// shared reports whether one matrix serves all classes; else each has its own
	// Hessian but for rounding.
	shared() bool
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
