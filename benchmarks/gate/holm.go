package gate

import (
	"cmp"
	"slices"
)

// holm is Holm's step-down correction: it returns the level that each p-value is compared with, so that
// p[i] ≤ levels[i] says whether hypothesis i is rejected and the chance of any false rejection is at
// most alpha, however the p-values depend on one another. The r-th smallest of n p-values (r from 0)
// is compared with alpha/(n-r) as long as all before it were rejected; the first that is not, and all
// after it, keep the level at which the procedure stopped.
func holm(p []float64, alpha float64) (levels []float64) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	levels = make([]float64, len(p))
	rejected := 0
	for rank, i := range order {
		levels[i] = alpha / float64(len(p)-rejected)
		if rank == rejected && p[i] <= levels[i] {
			rejected++
		}
	}
	return levels
}
