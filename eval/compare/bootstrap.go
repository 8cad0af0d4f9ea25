package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// Bootstrap holds the options of the resampling of test rows.
type Bootstrap struct {
	// Resamples is the number of samples, at least 100; 0 means 10,000.
	Resamples int
	// Seed is the seed of the samples.
	Seed uint64
}

// DefaultResamples is the default number of bootstrap samples. The random error of the ends of
// a 95 % interval is then about 1 % of its width.
const DefaultResamples = 10_000

func (b Bootstrap) withDefaults() (Bootstrap, error) {
	if b.Resamples == 0 {
		b.Resamples = DefaultResamples
	}
	if b.Resamples < 100 {
		return b, fmt.Errorf("%d bootstrap samples, need at least 100: %w", b.Resamples, ErrOption)
	}
	return b, nil
}

// BootstrapIntervals are 95 % intervals from one set of bootstrap samples.
type BootstrapIntervals struct {
	// Percentile runs from the 2.5 % to the 97.5 % quantile of the samples.
	Percentile eval.Interval `json:"percentile"`
	// BCa is corrected for bias and skewness (B. Efron, "Better bootstrap
	// confidence intervals", JASA 82, 1987).
	BCa eval.Interval `json:"bca"`
	// StandardError is the standard deviation of the samples.
	StandardError float64 `json:"standard_error"`
	// Resamples and Seed repeat the options.
	Resamples int    `json:"resamples"`
	Seed      uint64 `json:"seed"`
}

// difference draws bootstrap samples of OnlyA-OnlyB over the rows of a table and returns the
// intervals of the difference of accuracies. The counts of n rows drawn with replacement have a
// multinomial distribution. So the counts are drawn instead of rows: binomially OnlyA, then
// OnlyB among the rest. OnlyB = 0 gives the interval of one accuracy.
func (b Bootstrap) difference(t Table) (BootstrapIntervals, error) {
	b, err := b.withDefaults()
	if err != nil {
		return BootstrapIntervals{}, err
	}
	rng := rand.NewPCG(b.Seed, 0xb007)
	samples := make([]float64, b.Resamples)
	n := t.N()
	for i := range samples {
		onlyA := binomial(rng, n, t.OnlyA, n)
		onlyB := binomial(rng, n-onlyA, t.OnlyB, n-t.OnlyA)
		samples[i] = float64(onlyA-onlyB) / float64(n)
	}
	slices.Sort(samples)
	return BootstrapIntervals{
		Percentile:    eval.Interval{quantile(samples, 0.025), quantile(samples, 0.975)},
		BCa:           bca(samples, t.Difference(), t.acceleration()),
		StandardError: deviation(samples),
		Resamples:     b.Resamples,
		Seed:          b.Seed,
	}, nil
}

// binomial draws from Bin(n, part/whole).
func binomial(src rand.Source, n, part, whole int) int {
	switch {
	case n == 0 || part == 0:
		return 0
	case part == whole:
		return n
	}
	return int(distuv.Binomial{N: float64(n), P: float64(part) / float64(whole), Src: src}.Rand())
}

// acceleration returns a = Σ(d-d̄)³ / 6(Σ(d-d̄)²)^1.5 over the rows, where d is 1 if only A is
// right, -1 if only B is right, and 0 otherwise: the jackknife's value for a mean. It is 0 if
// all rows are alike.
func (t Table) acceleration() float64 {
	mean := t.Difference()
	var two, three float64
	for _, c := range []struct {
		d     float64
		count int
	}{{1, t.OnlyA}, {-1, t.OnlyB}, {0, t.Both + t.Neither}} {
		r := c.d - mean
		two += float64(c.count) * r * r
		three += float64(c.count) * r * r * r
	}
	if two == 0 {
		return 0
	}
	return three / (6 * math.Pow(two, 1.5))
}

// bca returns the bias-corrected and accelerated interval from sorted samples.
func bca(samples []float64, estimate, acceleration float64) eval.Interval {
	below, _ := slices.BinarySearch(samples, estimate)
	notAbove, _ := slices.BinarySearch(samples, math.Nextafter(estimate, math.Inf(1)))
	n := float64(len(samples))
	// Half of the ties count as below: the samples are discrete.
	share := float64(below+notAbove) / 2 / n
	share = min(max(share, 0.5/n), 1-0.5/n)
	bias := distuv.UnitNormal.Quantile(share)
	end := func(p float64) float64 {
		z := bias + distuv.UnitNormal.Quantile(p)
		return quantile(samples, distuv.UnitNormal.CDF(bias+z/(1-acceleration*z)))
	}
	return eval.Interval{end(0.025), end(0.975)}
}

// quantile returns the p quantile of sorted values, interpolated between neighbours.
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-2)
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// deviation returns the standard deviation of values.
func deviation(values []float64) float64 {
	return math.Sqrt(variance(values))
}

// variance returns the unbiased variance of at least two values.
func variance(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(values)-1)
}

// mean returns the mean of at least one value.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
