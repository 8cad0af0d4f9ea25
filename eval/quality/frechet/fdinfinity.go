package frechet

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// FDInfinityConvention names the program whose sizes FDInfinity takes.
type FDInfinityConvention int

// The conventions of FDInfinity. Neither program has a seed; the rows are ours.
const (
	// FDInfinityDGMEval is the convention of dgm-eval: sizes from n/10 (2 to 5,000) to n.
	FDInfinityDGMEval FDInfinityConvention = iota
	// FDInfinityMchong6 is the convention of mchong6/FID_IS_infinity: sizes from 5,000 to n.
	FDInfinityMchong6
)

// String is the name of the program.
func (c FDInfinityConvention) String() string {
	if c == FDInfinityMchong6 {
		return "mchong6"
	}
	return "dgm-eval"
}

const (
	// fdInfinitySizes is the number of sizes of both programs.
	fdInfinitySizes = 15
	// fdInfinityLeast is the smallest size of mchong6, and the largest smallest one of
	// dgm-eval.
	fdInfinityLeast = 5000
)

// FDInfinityOptions say at which sizes the distance is computed. The zero value: the sizes of
// dgm-eval, rows drawn by the seed.
type FDInfinityOptions struct {
	// Convention says which sizes.
	Convention FDInfinityConvention
	// Rows are given rows of the generated set, one list for each size; nil: they are drawn
	// without replacement.
	Rows [][]int32
}

// FDInfinityValue is the Fréchet distance extrapolated to infinitely many generated rows.
type FDInfinityValue struct {
	// Value is the intercept of the line through the distances over 1/N, in squared units of
	// the features.
	Value float64
	// StandardError is the standard error of the intercept, from the residuals of the line. The sets are
	// drawn from one set of rows, so the error of another sample is larger.
	StandardError float64
	// Slope is the slope of the line over 1/N.
	Slope float64
	// Sizes are the numbers N of generated rows, Distances the Fréchet distances to all
	// real rows.
	Sizes []int
	// Distances has an element for each size.
	Distances []float64
	// Warnings say where sets have too few rows for the line.
	Warnings []string
}

// FDInfinity returns the intercept of the least-squares line of Fréchet distances over 1/N,
// for growing numbers N of generated rows and all real rows (Chong and Forsyth, Effectively
// Unbiased FID and Inception Score, CVPR 2020): the bias of the distance falls as 1/N. What
// the number of real rows adds stays. It keeps three d×d matrices of float64 in memory.
func FDInfinity(ctx context.Context, real, gen matrix.View, f FDInfinityOptions, o metric.Options) (FDInfinityValue, error) {
	if err := o.Validate(); err != nil {
		return FDInfinityValue{}, err
	}
	o = o.WithDefaults()
	if err := metric.CheckPair(metric.NameFDInfinity, real, gen); err != nil {
		return FDInfinityValue{}, err
	}
	rows, err := f.rows(gen.N, o.Seed)
	if err != nil {
		return FDInfinityValue{}, err
	}
	if err := metric.CheckMatrices(metric.NameFDInfinity, 3, real.D, frechetBytes(real.D, o.Threads), o); err != nil {
		return FDInfinityValue{}, err
	}
	reference, err := momentsOf(ctx, metric.NameFDInfinity, metric.RealSet, real, o)
	if err != nil {
		return FDInfinityValue{}, err
	}
	task := o.Progress.Start(metric.NameFDInfinity, int64(len(rows)), "sizes")
	defer task.Done()
	var v FDInfinityValue
	for _, r := range rows {
		m, err := momentsOf(ctx, metric.NameFDInfinity, metric.GeneratedSet, gen.Subset(r), o)
		if err != nil {
			return FDInfinityValue{}, err
		}
		parts, err := frechet(ctx, reference.clone(), m, o)
		if err != nil {
			return FDInfinityValue{}, err
		}
		v.Sizes, v.Distances = append(v.Sizes, len(r)), append(v.Distances, parts.Value)
		task.Add(1)
	}
	v.Warnings = fdInfinityWarnings(v.Sizes, reference)
	v.Value, v.Slope, v.StandardError = interceptOf(v.Sizes, v.Distances)
	return v, nil
}

// rows returns the rows of each set, given or drawn from n.
func (f FDInfinityOptions) rows(n int, seed uint64) ([][]int32, error) {
	if f.Rows != nil {
		return f.Rows, checkRowLists(f.Rows, n)
	}
	least := min(fdInfinityLeast, max(n/10, 2))
	switch f.Convention {
	case FDInfinityDGMEval:
		if n < 3 {
			return nil, errkind.Errorf(metric.ErrRows, "%s: needs at least 3 generated rows; there are %d", metric.NameFDInfinity, n)
		}
	case FDInfinityMchong6:
		if least = fdInfinityLeast; n <= least {
			return nil, errkind.Errorf(metric.ErrRows, "%s: the convention %v needs more than %d generated rows; there are %d (choose %v)",
				metric.NameFDInfinity, f.Convention, least, n, FDInfinityDGMEval)
		}
	default:
		return nil, errkind.Errorf(metric.ErrOptions, "%s: convention %d is not known", metric.NameFDInfinity, f.Convention)
	}
	rows := make([][]int32, fdInfinitySizes)
	for s := range rows {
		size := least + int(float64(s)*float64(n-least)/(fdInfinitySizes-1))
		rows[s] = metric.DrawRows(metric.Random(seed, metric.StreamFDInfinity, uint64(s)), n, size)
	}
	return rows, nil
}

// checkRowLists refuses lists that name rows which are not there, or give no line.
func checkRowLists(lists [][]int32, n int) error {
	sizes := map[int]bool{}
	for s, rows := range lists {
		sizes[len(rows)] = true
		if len(rows) < 2 {
			return errkind.Errorf(metric.ErrOptions, "%s: set %d of the given rows has %d rows; at least 2 are needed", metric.NameFDInfinity, s, len(rows))
		}
		for _, r := range rows {
			if r < 0 || int(r) >= n {
				return errkind.Errorf(metric.ErrOptions, "%s: set %d of the given rows names row %d of %d generated rows", metric.NameFDInfinity, s, r, n)
			}
		}
	}
	if len(lists) < 3 || len(sizes) < 2 {
		return errkind.Errorf(metric.ErrOptions, "%s: %d sets of %d different sizes; a line with its error needs at least 3 sets of 2 sizes", metric.NameFDInfinity, len(lists), len(sizes))
	}
	return nil
}

// fdInfinityWarnings says how many sets have a covariance without full rank.
func fdInfinityWarnings(sizes []int, real *Moments) []string {
	var warnings []string
	if w := real.rankWarning(); w != "" {
		warnings = append(warnings, w)
	}
	few := 0
	for _, n := range sizes {
		if n <= real.dims() {
			few++
		}
	}
	if few > 0 {
		warnings = append(warnings, fmt.Sprintf("%d of %d sets have no more rows than the %d columns; the distance of so few is not linear in 1/n", few, len(sizes), real.dims()))
	}
	return warnings
}

// interceptOf fits values = intercept + slope/size by least squares. The standard error of the
// intercept has two degrees of freedom less than there are values.
func interceptOf(sizes []int, values []float64) (intercept, slope, standardError float64) {
	n := float64(len(sizes))
	var x, y, xx, xy, squares float64
	for i, size := range sizes {
		x += 1 / float64(size) / n
		y += values[i] / n
	}
	for i, size := range sizes {
		u := 1/float64(size) - x
		xx += u * u
		xy += u * (values[i] - y)
	}
	slope = xy / xx
	intercept = y - slope*x
	for i, size := range sizes {
		r := values[i] - intercept - slope/float64(size)
		squares += r * r
	}
	return intercept, slope, math.Sqrt(squares / (n - 2) * (1/n + x*x/xx))
}
