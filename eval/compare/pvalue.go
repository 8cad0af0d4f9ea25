package compare

import (
	"fmt"
	"math"
)

// LeastP is the p-value below which only "< 1e-12" is written: smaller values depend on the far
// tails of a model that no data can check.
const LeastP = 1e-12

// FormatP writes a p-value with its sign, such as "= 0.0123" or "< 1e-12".
func FormatP(p float64) string {
	if p < LeastP {
		return fmt.Sprintf("< %g", LeastP)
	}
	return fmt.Sprintf("= %.3g", p)
}

// notZero returns p, or the smallest positive float64 if p underflows: no p-value is 0.
func notZero(p float64) float64 { return max(p, math.SmallestNonzeroFloat64) }
