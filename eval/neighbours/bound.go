package neighbours

import (
	"math"

	"repbench/internal/simd"
)

// Pairs are ruled out by a score that is cheap and whose error is bounded. With
// p = q·t, the score of a query q and a training row t is
//
//	p            for the inner product
//	p/‖t‖        where rows are normalised
//	p - ‖t‖²/2   for the Euclidean distance
//
// Each is, for a given query, an ascending function of the ranked value v (file
// exact.go): v, ‖q‖v or ‖q‖(1+v/2), and (‖q‖²+v)/2. It is computed as
// p̃·a + b from a float32 product p̃ and float64 numbers a and b of the row.
//
// The product sums D terms in chunks of at most simd.MaxDepth and adds up the
// chunks, so no term takes part in more than n = min(D, MaxDepth) + chunks
// roundings, in whatever order the kernel sums. Hence (Higham, "Accuracy and
// Stability of Numerical Algorithms", 2nd ed., section 3.1; Cauchy-Schwarz; the
// last term for products below the normal range)
//
//	|p̃ - p| ≤ γ_n ‖q‖‖t‖ + D·2⁻¹⁴⁹,  γ_n = nu/(1-nu),  u = 2⁻²⁴.
//
// What float64 arithmetic adds (the ranked value itself, the norms, the score)
// is below (4D+64)·2⁻⁵³ times the same scale, or times ‖q‖²+‖t‖² for distances.
// TestBoundHolds compares the bound with products in exact arithmetic.

// bound holds what is common to all pairs.
type bound struct {
	metric Metric
	// gamma and slack are the relative errors of float32 and float64 arithmetic,
	// tiny the absolute one of float32.
	gamma, slack, tiny float64
}

func newBound(m Metric, d int) bound {
	n := float64(min(d, simd.MaxDepth) + chunks(d))
	const u = 0x1p-24
	return bound{
		metric: m,
		gamma:  1.001 * n * u / (1 - n*u), // the rest is for the roundings of norms
		slack:  float64(4*d+64) * 0x1p-53,
		tiny:   float64(d) * 0x1p-149,
	}
}

// chunks is the number of chunks of columns of a product.
func chunks(d int) int { return (d + simd.MaxDepth - 1) / simd.MaxDepth }

// columns are the numbers of the training rows of a block: the score of column j
// is p̃·a[j] + b[j], at most e·f[j] + g[j] away for a query with that e.
type columns struct{ a, b, f, g []float64 }

func newColumns(n int) columns {
	s := make([]float64, 4*n)
	return columns{s[:n], s[n : 2*n], s[2*n : 3*n], s[3*n:]}
}

// set fills column j for a row of squared norm tt.
func (c columns) set(j int, b bound, tt float64) {
	norm := math.Sqrt(tt)
	c.a[j], c.b[j], c.f[j], c.g[j] = 1, 0, norm, b.tiny
	switch {
	case b.metric.Unit():
		c.a[j], c.f[j], c.g[j] = 1/norm, 1, b.tiny/norm
	case b.metric.Kind == Euclidean:
		c.b[j] = -tt / 2
		c.g[j] += b.slack * tt
	}
}

// query returns the factor e of the error and the part h of it that is the same
// for all rows, for a query of squared norm qq.
func (b bound) query(qq float64) (e, h float64) {
	e = (b.gamma + b.slack) * math.Sqrt(qq)
	if b.metric.Kind == Euclidean && !b.metric.Unit() {
		h = b.slack * qq
	}
	return e, h
}

// floor returns a score that every row reaches whose ranked value is at least
// v, but for the error of its own score.
func (b bound) floor(v, qq float64) float64 {
	norm := math.Sqrt(qq)
	switch {
	case b.metric.Kind == Euclidean && b.metric.Unit():
		return norm*(1+v/2) - b.slack*norm*(1-v)
	case b.metric.Kind == Euclidean:
		return (qq+v)/2 - b.slack*(qq-v)
	case b.metric.Unit():
		return norm*v - b.slack*norm
	}
	return v - b.slack*math.Abs(v)
}
