package kid

import (
	"context"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// discrepancy holds the sums of the three kinds of pairs.
type discrepancy struct {
	real, gen, cross kernelSums
	m, n             float64 // rows of real and gen
}

// sumPairs computes a discrepancy.
func sumPairs(ctx context.Context, real, gen matrix.View, h metric.Halves, o metric.Options) (discrepancy, error) {
	d := discrepancy{m: float64(real.N), n: float64(gen.N)}
	pairs := int64(real.N)*int64(real.N+gen.N) + int64(gen.N)*int64(gen.N)
	task := o.Progress.Start("kid", pairs, "pairs")
	defer task.Done()
	var err error
	if d.real, err = sumKernel(ctx, real, real, true, h.Real, h.Real, h.N, o.Threads, task); err != nil {
		return d, err
	}
	if d.gen, err = sumKernel(ctx, gen, gen, true, h.Generated, h.Generated, h.N, o.Threads, task); err != nil {
		return d, err
	}
	d.cross, err = sumKernel(ctx, real, gen, false, h.Real, h.Generated, h.N, o.Threads, task)
	return d, err
}

// total is the sum of |k| of the unbiased estimate, each kind of pairs with its weight.
func (d discrepancy) total() float64 {
	return d.real.magnitude/(d.m*(d.m-1)) + d.gen.magnitude/(d.n*(d.n-1)) + 2*d.cross.magnitude/(d.m*d.n)
}

// estimate is the discrepancy by one estimator; 0 where it is not more than the roundings
// of its sums.
func (d discrepancy) estimate(e Estimator) float64 {
	const roundings = 64 * 0x1p-52
	v := d.difference(e)
	if math.Abs(v) <= roundings*d.total() {
		return 0
	}
	return v
}

// difference is estimate with its roundings.
func (d discrepancy) difference(e Estimator) float64 {
	if e == Biased {
		return d.real.all/(d.m*d.m) + d.gen.all/(d.n*d.n) - 2*d.cross.all/(d.m*d.n)
	}
	off := (d.real.all-d.real.diagonal)/(d.m*(d.m-1)) + (d.gen.all-d.gen.diagonal)/(d.n*(d.n-1))
	if e == UStatistic {
		return off - 2*(d.cross.all-d.cross.diagonal)/(d.m*(d.m-1))
	}
	return off - 2*d.cross.all/(d.m*d.n)
}

// halves are the unbiased estimates of the halves.
func (d discrepancy) halves(h metric.Halves) []float64 {
	m, n := h.Sizes()
	if h.N == 0 || m < 2 || n < 2 {
		return nil
	}
	out := make([]float64, h.N)
	for s := range out {
		out[s] = d.real.halves[s]/float64(m*(m-1)) + d.gen.halves[s]/float64(n*(n-1)) - 2*d.cross.halves[s]/float64(m*n)
	}
	return out
}

// heaviest is the row that takes part in the largest share of the unbiased estimate's
// sums, each with its sign left out.
func (d discrepancy) heaviest() Heaviest {
	real, gen, cross := 1/(d.m*(d.m-1)), 1/(d.n*(d.n-1)), 2/(d.m*d.n)
	total := d.total()
	best := Heaviest{Set: metric.RealSet}
	for i, v := range d.real.a {
		if share := (v*real + d.cross.a[i]*cross) / total; share > best.Share {
			best = Heaviest{metric.RealSet, i, share}
		}
	}
	for i, v := range d.gen.a {
		if share := (v*gen + d.cross.b[i]*cross) / total; share > best.Share {
			best = Heaviest{metric.GeneratedSet, i, share}
		}
	}
	return best
}

// copies is the number of copies that explains a negative unbiased estimate: a copy has
// the kernel of a real row with itself where another row has the kernel of two real rows.
func (d discrepancy) copies() float64 {
	gap := d.real.diagonal/d.m - (d.real.all-d.real.diagonal)/(d.m*(d.m-1))
	if v := d.estimate(Unbiased); v < 0 && gap > 0 {
		return -v * d.m * d.n / (2 * gap)
	}
	return 0
}
