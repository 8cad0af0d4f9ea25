package kid

import (
	"context"
	"fmt"

	"repbench/eval/quality/metric"
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
	return 0, errkind.Errorf(metric.ErrOptions, "estimator %q: choose unbiased, biased or u-statistic", name)
}

// Options say which estimate of KID is computed. The zero value: unbiased, all rows.
type Options struct {
	// Estimator says which pairs are left out.
	Estimator Estimator
	// Subsets is the number of random subsets whose estimates are averaged, SubsetRows the
	// rows of each from both sets; 0: one estimate on all rows.
	Subsets, SubsetRows int
	// RealRows and GeneratedRows are given subsets, one list for each; nil: none.
	RealRows, GeneratedRows [][]int32
	// Halves are halves of both sets on which the unbiased estimate is repeated.
	Halves metric.Halves
}

// Value is the kernel inception distance of Bińkowski et al., "Demystifying MMD GANs",
// ICLR 2018: the squared maximum mean discrepancy of k(x, y) = (x·y/d + 1)³.
type Value struct {
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
func KID(ctx context.Context, real, gen matrix.View, k Options, o metric.Options) (Value, error) {
	o = o.WithDefaults()
	if err := k.check(real, gen, o); err != nil {
		return Value{}, err
	}
	if k.subsets() > 0 {
		return k.onSubsets(ctx, real, gen, o)
	}
	return k.onAll(ctx, real, gen, o)
}

// subsets is the number of subsets, drawn or given.
func (k Options) subsets() int {
	if k.RealRows != nil {
		return len(k.RealRows)
	}
	return k.Subsets
}

// check says what is wrong with the sets and the options.
func (k Options) check(real, gen matrix.View, o metric.Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := metric.CheckPair(metric.NameKID, real, gen); err != nil {
		return err
	}
	if real.N < 2 || gen.N < 2 {
		return errkind.Errorf(metric.ErrRows, "kid: needs at least 2 rows in each set; real has %d, generated %d", real.N, gen.N)
	}
	if len(k.RealRows) != len(k.GeneratedRows) {
		return errkind.Errorf(metric.ErrOptions, "kid: %d subsets of real rows and %d of generated ones", len(k.RealRows), len(k.GeneratedRows))
	}
	for s := range k.RealRows {
		if err := checkRows(metric.RealSet, k.RealRows[s], real.N); err != nil {
			return fmt.Errorf("kid: subset %d: %w", s, err)
		}
		if err := checkRows(metric.GeneratedSet, k.GeneratedRows[s], gen.N); err != nil {
			return fmt.Errorf("kid: subset %d: %w", s, err)
		}
		if m, n := len(k.RealRows[s]), len(k.GeneratedRows[s]); k.Estimator == UStatistic && m != n {
			return errkind.Errorf(metric.ErrRows, "kid: subset %d has %d real and %d generated rows; the u-statistic needs as many", s, m, n)
		}
	}
	if k.Subsets > 0 && (k.SubsetRows < 2 || k.SubsetRows > min(real.N, gen.N)) {
		return errkind.Errorf(metric.ErrRows, "kid: subsets of %d rows need at least 2 and at most the rows of a set; real has %d, generated %d", k.SubsetRows, real.N, gen.N)
	}
	if k.Estimator == UStatistic && k.subsets() == 0 && real.N != gen.N {
		return errkind.Errorf(metric.ErrRows, "kid: the u-statistic leaves out pairs of equal row numbers and needs as many generated rows as real ones; real has %d, generated %d", real.N, gen.N)
	}
	return nil
}

// checkRows refuses a list of rows that is too short or names a row that is not there.
func checkRows(set string, rows []int32, n int) error {
	if len(rows) < 2 {
		return errkind.Errorf(metric.ErrRows, "%d rows of the %s set: at least 2 are needed", len(rows), set)
	}
	for _, r := range rows {
		if r < 0 || int(r) >= n {
			return errkind.Errorf(metric.ErrOptions, "row %d of the %s set, which has the rows 0 to %d", r, set, n-1)
		}
	}
	return nil
}

// onAll is KID on all rows.
func (k Options) onAll(ctx context.Context, real, gen matrix.View, o metric.Options) (Value, error) {
	d, err := sumPairs(ctx, real, gen, k.Halves, o)
	if err != nil {
		return Value{}, err
	}
	v := Value{Value: d.estimate(k.Estimator), Halves: d.halves(k.Halves), Heaviest: d.heaviest(), Copies: d.copies()}
	return v, metric.Finite(metric.NameKID, v.Value, real, gen, o)
}
