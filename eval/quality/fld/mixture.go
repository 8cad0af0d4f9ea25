package fld

import (
	"context"
	"math"
	"slices"

	"repbench/eval/quality/metric"
	"repbench/internal/dense"
	"repbench/internal/tasks"
)

const (
	fldPasses = 50 // over the training rows, at most
	// fldPatience is the number of passes before the last whose losses must differ by less
	// than fldTolerance from it.
	fldPatience  = 5
	fldTolerance = 5e-4
	fldRate      = 0.5  // of Adam
	fldCommon    = 0.81 // times the squared distance to the mean: the Gaussian that all share
	fldLargest   = 40   // |logarithm of a variance|
	// fldCopy is the squared distance over the number of columns, in variances of the test
	// rows, up to which a row is a copy: rounding to float32 makes less.
	fldCopy = 1e-12
)

// mixture is a mixture of isotropic Gaussians of equal weights, one on each row of mu.
type mixture struct {
	mu *dense.Matrix
	// logVariance has an element for each row of mu.
	logVariance []float64
	// copies is the number of rows of mu that equal a row of x. Their likelihood there grows
	// without bound as their variances fall: each step of the fit lowers them, as far as
	// -fldLargest.
	copies int
	passes int
}

// fit is a fit of the variances under way.
type fit struct {
	d       float64
	squares [][]float64 // rows of x by rows of mu
	common  []float64   // of each row of x, to the mean of all, times fldCommon
	theta   []float64   // logarithms of variances; the last belongs to the common Gaussian
	m, v    []float64   // moments of Adam
	copies  int         // rows of mu that equal a row of x
	steps   int
	threads int
}

// fitMixture fits the variances of Gaussians on the rows of mu to the rows of x, by Adam on the
// mean negative log-likelihood divided by the number of columns, beside one Gaussian at the
// mean of x that takes the rows that are near nothing and is left out of the result.
func fitMixture(ctx context.Context, mu *dense.Matrix, x scaledRows, batch int, o metric.Options) (*mixture, error) {
	f := newFit(mu, x, o)
	rng := metric.Random(o.Seed, metric.StreamFLD, 2)
	var losses []float64
	for pass := range fldPasses {
		order := identityRows(x.x.N)
		if x.x.N > batch {
			order = metric.DrawRows(rng, x.x.N, x.x.N)
		}
		var loss float64
		for rows := range slices.Chunk(order, batch) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			loss += f.step(rows) * float64(len(rows)) / float64(x.x.N)
		}
		losses = append(losses, loss)
		if pass > fldPatience && settled(losses) {
			break
		}
	}
	return &mixture{mu: mu, logVariance: f.theta[:mu.Rows], copies: f.copies, passes: len(losses)}, nil
}

// identityRows are the rows [0, n).
func identityRows(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// settled says whether the last loss differs little from the fldPatience before it.
func settled(losses []float64) bool {
	last := losses[len(losses)-1]
	for _, l := range losses[len(losses)-1-fldPatience:] {
		if math.Abs(l-last) >= fldTolerance {
			return false
		}
	}
	return true
}

// newFit computes distances and the first variances: the smallest squared distance to a row of
// x, and 1e-3, over the number of columns.
func newFit(mu *dense.Matrix, x scaledRows, o metric.Options) *fit {
	f := &fit{d: float64(x.x.D), squares: make([][]float64, x.x.N), common: make([]float64, x.x.N), threads: o.Threads}
	k := mu.Rows
	f.theta, f.m, f.v = make([]float64, k+1), make([]float64, k+1), make([]float64, k+1)
	nearest := f.theta[:k]
	for j := range nearest {
		nearest[j] = math.Inf(1)
	}
	mean := x.means(o.Threads)
	eachDistances(x, mu, o.Threads, func(lo int, rows, c *dense.Matrix) {
		for i := range c.Rows {
			f.squares[lo+i] = slices.Clone(c.Row(i))
			f.common[lo+i] = fldCommon * squaredDistance(rows.Row(i), mean)
			for j, s := range c.Row(i) {
				nearest[j] = min(nearest[j], s)
			}
		}
	})
	for j, s := range nearest {
		if s <= fldCopy*f.d {
			f.copies++
		}
		f.theta[j] = math.Log((s + 1e-3) / f.d)
	}
	return f
}

// step is one step of Adam on these rows; it returns their mean loss before it.
func (f *fit) step(rows []int32) float64 {
	loss, gradient := f.gradient(rows)
	f.steps++
	c1, c2 := 1-math.Pow(0.9, float64(f.steps)), 1-math.Pow(0.999, float64(f.steps))
	last := len(f.theta) - 1
	for k, g := range gradient {
		f.m[k] = 0.9*f.m[k] + 0.1*g
		f.v[k] = 0.999*f.v[k] + 0.001*g*g
		f.theta[k] -= fldRate * (f.m[k] / c1) / (math.Sqrt(f.v[k]/c2) + 1e-8)
		if k < last {
			f.theta[k] = min(max(f.theta[k], -fldLargest), fldLargest)
		}
	}
	return loss
}

// gradient returns the mean loss of these rows, and its derivatives by the logarithms of the
// variances, added up chunk by chunk.
func (f *fit) gradient(rows []int32) (loss float64, gradient []float64) {
	g := newDensities(f.theta, f.d, len(f.theta)-1)
	chunks := (len(rows) + fldChunk - 1) / fldChunk
	losses, parts := make([]float64, chunks), make([][]float64, chunks)
	tasks.Do(f.threads, chunks, func(_, c int) {
		parts[c] = make([]float64, len(f.theta))
		likelihoods := make([]float64, len(f.theta))
		for _, r := range rows[c*fldChunk : min((c+1)*fldChunk, len(rows))] {
			losses[c] += f.addRow(parts[c], likelihoods, int(r), g)
		}
	})
	gradient = make([]float64, len(f.theta))
	for c, part := range parts {
		loss -= losses[c]
		for k, v := range part {
			gradient[k] -= v
		}
	}
	scale := 1 / (float64(len(rows)) * f.d)
	for k := range gradient {
		gradient[k] *= scale
	}
	return loss * scale, gradient
}

// addRow adds the derivatives of the log-likelihood of row r to sums, and returns it.
func (f *fit) addRow(sums, likelihoods []float64, r int, g densities) float64 {
	squares := f.squares[r]
	k := len(squares)
	for j, s := range squares {
		likelihoods[j] = g.constant[j] - g.half[j]*s
	}
	likelihoods[k] = g.constant[k] - g.half[k]*f.common[r]
	total := logSumExp(likelihoods)
	for j, l := range likelihoods {
		if l -= total; l > fldVanishes {
			s := f.common[r]
			if j < k {
				s = squares[j]
			}
			sums[j] += math.Exp(l) * (g.half[j]*s - f.d/2)
		}
	}
	return total
}
