package quality

import (
	"context"
	"fmt"
	"math"

	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// Estimator says which pairs of rows an estimate of the discrepancy leaves out.
type Estimator int

// The estimators of Gretton et al., "A Kernel Two-Sample Test", JMLR 13, 2012.
const (
	// Unbiased leaves out the pairs of a row with itself (equation 3; lemma 6). It is
	// negative for identical sets, because pairs of equal rows of the two sets stay.
	Unbiased Estimator = iota
	// Biased leaves out none (equation 5) and is never negative.
	Biased
	// UStatistic leaves out the pairs of equal row numbers of the two sets as well
	// (equation 4). It needs as many rows in both.
	UStatistic
)

var estimatorNames = []string{"unbiased", "biased", "u-statistic"}

// String is the name that ParseEstimator takes.
func (e Estimator) String() string {
	if e < 0 || int(e) >= len(estimatorNames) {
		return fmt.Sprintf("Estimator(%d)", int(e))
	}
	return estimatorNames[e]
}

// ParseEstimator returns the estimator of a name: unbiased, biased or u-statistic.
func ParseEstimator(name string) (Estimator, error) {
	for i, n := range estimatorNames {
		if n == name {
			return Estimator(i), nil
		}
	}
	return 0, errkind.Errorf(ErrOptions, "estimator %q: choose unbiased, biased or u-statistic", name)
}

// KIDOptions say which estimate of KID is computed. The zero value: unbiased, all rows.
type KIDOptions struct {
	// Estimator says which pairs are left out.
	Estimator Estimator
	// Subsets is the number of random subsets whose estimates are averaged, SubsetRows the
	// rows of each from both sets; 0: one estimate on all rows.
	Subsets, SubsetRows int
	// RealRows and GeneratedRows are given subsets, one list for each; nil: none.
	RealRows, GeneratedRows [][]int32
	// Halves are halves of both sets on which the unbiased estimate is repeated.
	Halves Halves
}

// KIDValue is the kernel inception distance of Bińkowski et al., "Demystifying MMD GANs",
// ICLR 2018: the squared maximum mean discrepancy of k(x, y) = (x·y/d + 1)³.
type KIDValue struct {
	// Value is the estimate on all rows, or the mean over subsets.
	Value float64
	// Subsets are the estimates of the subsets; nil: there were none.
	Subsets []float64
	// Halves are the unbiased estimates of the halves.
	Halves []float64
	// Heaviest is the row that takes part in the largest share of the sums of |k|. It is not
	// known where subsets were taken without halves.
	Heaviest Heaviest
	// Copies is the number of generated rows that, as copies of real rows, lower the
	// estimate as far below zero as it is; 0 where it is not negative or not known.
	Copies float64
}

// Heaviest is a row and its weight in sums of the kernel.
type Heaviest struct {
	// Set is "real" or "generated"; "": not known.
	Set string
	// Row is the row of the set.
	Row int
	// Share is the share of the weighted sums of |k| of the pairs in which the row takes
	// part, from 0 to 1.
	Share float64
}

// KID returns the kernel inception distance of two sets. All rows take part unless
// subsets are asked for; the time grows with the square of the number of rows, and the
// memory does not grow.
func KID(ctx context.Context, real, gen matrix.View, k KIDOptions, o Options) (KIDValue, error) {
	o = o.withDefaults()
	if err := k.check(real, gen, o); err != nil {
		return KIDValue{}, err
	}
	if k.subsets() > 0 {
		return k.onSubsets(ctx, real, gen, o)
	}
	return k.onAll(ctx, real, gen, o)
}

// subsets is the number of subsets, drawn or given.
func (k KIDOptions) subsets() int {
	if k.RealRows != nil {
		return len(k.RealRows)
	}
	return k.Subsets
}

// check says what is wrong with the sets and the options.
func (k KIDOptions) check(real, gen matrix.View, o Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := checkPair(NameKID, real, gen); err != nil {
		return err
	}
	if real.N < 2 || gen.N < 2 {
		return errkind.Errorf(ErrRows, "kid: needs at least 2 rows in each set; real has %d, generated %d", real.N, gen.N)
	}
	if len(k.RealRows) != len(k.GeneratedRows) {
		return errkind.Errorf(ErrOptions, "kid: %d subsets of real rows and %d of generated ones", len(k.RealRows), len(k.GeneratedRows))
	}
	for s := range k.RealRows {
		if err := checkRows(realSet, k.RealRows[s], real.N); err != nil {
			return fmt.Errorf("kid: subset %d: %w", s, err)
		}
		if err := checkRows(generatedSet, k.GeneratedRows[s], gen.N); err != nil {
			return fmt.Errorf("kid: subset %d: %w", s, err)
		}
		if m, n := len(k.RealRows[s]), len(k.GeneratedRows[s]); k.Estimator == UStatistic && m != n {
			return errkind.Errorf(ErrRows, "kid: subset %d has %d real and %d generated rows; the u-statistic needs as many", s, m, n)
		}
	}
	if k.Subsets > 0 && (k.SubsetRows < 2 || k.SubsetRows > min(real.N, gen.N)) {
		return errkind.Errorf(ErrRows, "kid: subsets of %d rows need at least 2 and at most the rows of a set; real has %d, generated %d", k.SubsetRows, real.N, gen.N)
	}
	if k.Estimator == UStatistic && k.subsets() == 0 && real.N != gen.N {
		return errkind.Errorf(ErrRows, "kid: the u-statistic leaves out pairs of equal row numbers and needs as many generated rows as real ones; real has %d, generated %d", real.N, gen.N)
	}
	return nil
}

// checkRows refuses a list of rows that is too short or names a row that is not there.
func checkRows(set string, rows []int32, n int) error {
	if len(rows) < 2 {
		return errkind.Errorf(ErrRows, "%d rows of the %s set: at least 2 are needed", len(rows), set)
	}
	for _, r := range rows {
		if r < 0 || int(r) >= n {
			return errkind.Errorf(ErrOptions, "row %d of the %s set, which has the rows 0 to %d", r, set, n-1)
		}
	}
	return nil
}

// discrepancy holds the sums of the three kinds of pairs.
type discrepancy struct {
	real, gen, cross kernelSums
	m, n             float64 // rows of real and gen
}

// sumPairs computes a discrepancy.
func sumPairs(ctx context.Context, real, gen matrix.View, h Halves, o Options) (discrepancy, error) {
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
func (d discrepancy) halves(h Halves) []float64 {
	m, n := h.sizes()
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
	best := Heaviest{Set: realSet}
	for i, v := range d.real.a {
		if share := (v*real + d.cross.a[i]*cross) / total; share > best.Share {
			best = Heaviest{realSet, i, share}
		}
	}
	for i, v := range d.gen.a {
		if share := (v*gen + d.cross.b[i]*cross) / total; share > best.Share {
			best = Heaviest{generatedSet, i, share}
		}
	}
	return best
}

// copies is the number of copies that explains a negative unbiased estimate: a copy has
// the kernel of a real row with itself where another row has that of two real rows.
func (d discrepancy) copies() float64 {
	gap := d.real.diagonal/d.m - (d.real.all-d.real.diagonal)/(d.m*(d.m-1))
	if v := d.estimate(Unbiased); v < 0 && gap > 0 {
		return -v * d.m * d.n / (2 * gap)
	}
	return 0
}

// onAll is KID on all rows.
func (k KIDOptions) onAll(ctx context.Context, real, gen matrix.View, o Options) (KIDValue, error) {
	d, err := sumPairs(ctx, real, gen, k.Halves, o)
	if err != nil {
		return KIDValue{}, err
	}
	v := KIDValue{Value: d.estimate(k.Estimator), Halves: d.halves(k.Halves), Heaviest: d.heaviest(), Copies: d.copies()}
	return v, finite(NameKID, v.Value, real, gen, o)
}

// finite refuses a value that is not, and names the feature that is not.
func finite(metric string, value float64, real, gen matrix.View, o Options) error {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		return nil
	}
	if err := checkFinite(realSet, real, o.Threads); err != nil {
		return fmt.Errorf("%s: %w", metric, err)
	}
	if err := checkFinite(generatedSet, gen, o.Threads); err != nil {
		return fmt.Errorf("%s: %w", metric, err)
	}
	return fmt.Errorf("%s is %v: the features are too large to be squared; scale them: %w", metric, value, matrix.ErrNotFinite)
}
