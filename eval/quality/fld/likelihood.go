package fld

import (
	"math"

	"repbench/eval/quality/metric"
	"repbench/internal/dense"
	"repbench/internal/tasks"
)

// fldVanishes is the logarithm of a share that adds nothing to a sum of 10,000 in float64.
const fldVanishes = -50

// densities are the densities of isotropic Gaussians: the logarithm of density k at the
// squared distance s is constant[k] − half[k]·s.
type densities struct{ constant, half []float64 }

// newDensities returns Gaussians with these logarithms of variances in d dimensions. The first
// weighted ones, each of weight 1/weighted, share one unit; the others have weight 1.
func newDensities(logVariances []float64, d float64, weighted int) densities {
	g := densities{constant: make([]float64, len(logVariances)), half: make([]float64, len(logVariances))}
	for k, t := range logVariances {
		g.half[k] = 0.5 * math.Exp(-t)
		g.constant[k] = -d/2*t - d/2*math.Log(2*math.Pi)
		if k < weighted {
			g.constant[k] -= math.Log(float64(weighted))
		}
	}
	return g
}

// logSumExp is ln Σ exp(v), of at least one value.
func logSumExp(values []float64) float64 {
	largest := values[0]
	for _, v := range values {
		largest = max(largest, v)
	}
	var sum float64
	for _, v := range values {
		if v -= largest; v > fldVanishes {
			sum += math.Exp(v)
		}
	}
	return largest + math.Log(sum)
}

// negativeLogLikelihood returns the mean over the rows of x, divided by the number of columns.
func (m *mixture) negativeLogLikelihood(x scaledRows, o metric.Options) float64 {
	d := float64(x.x.D)
	g := newDensities(m.logVariance, d, m.mu.Rows)
	totals := make([]float64, x.x.N)
	eachDistances(x, m.mu, o.Threads, func(lo int, _, c *dense.Matrix) {
		tasks.Do(o.Threads, c.Rows, func(_, i int) {
			row := c.Row(i)
			for k, s := range row {
				row[k] = g.constant[k] - g.half[k]*s
			}
			totals[lo+i] = logSumExp(row)
		})
	})
	return -metric.Mean(totals) / d
}

// scores returns, for each Gaussian, the largest logarithm of its density at a row of x, divided
// by the number of columns.
func (m *mixture) scores(x scaledRows, o metric.Options) []float64 {
	d := float64(x.x.D)
	g := newDensities(m.logVariance, d, 0)
	nearest := make([]float64, m.mu.Rows)
	for k := range nearest {
		nearest[k] = math.Inf(1)
	}
	eachDistances(x, m.mu, o.Threads, func(_ int, _, c *dense.Matrix) {
		for i := range c.Rows {
			for k, s := range c.Row(i) {
				nearest[k] = min(nearest[k], s)
			}
		}
	})
	for k, s := range nearest {
		nearest[k] = (g.constant[k] - g.half[k]*s) / d
	}
	return nearest
}
