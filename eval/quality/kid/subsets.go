package kid

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// onSubsets is the mean of KID over subsets of both sets, as Bińkowski et al. and the
// programs after them compute it. The halves, where there are any, are halves of all rows.
func (k Options) onSubsets(ctx context.Context, real, gen matrix.View, o metric.Options) (Value, error) {
	var v Value
	if k.Halves.N > 0 {
		d, err := sumPairs(ctx, real, gen, k.Halves, o)
		if err != nil {
			return v, err
		}
		v.Halves, v.Heaviest, v.Copies = d.halves(k.Halves), d.heaviest(), d.copies()
	}
	rng := metric.Random(o.Seed, metric.StreamSubsets, 0)
	task := o.Progress.Start("kid", int64(k.subsets()), "subsets")
	defer task.Done()
	inner := o
	inner.Progress = progress.Within(task)
	for s := range k.subsets() {
		x, y := k.subset(s, real, gen, rng)
		d, err := sumPairs(ctx, x, y, metric.Halves{}, inner)
		if err != nil {
			return v, fmt.Errorf("subset %d of %d: %w", s, k.subsets(), err)
		}
		v.Subsets = append(v.Subsets, d.estimate(k.Estimator))
		task.Add(1)
	}
	v.Value = metric.Mean(v.Subsets)
	return v, metric.Finite(metric.NameKID, v.Value, real, gen, o)
}

// subset returns the rows of subset s, given or drawn without replacement.
func (k Options) subset(s int, real, gen matrix.View, rng *rand.Rand) (matrix.View, matrix.View) {
	if k.RealRows != nil {
		return real.Subset(k.RealRows[s]), gen.Subset(k.GeneratedRows[s])
	}
	return real.Subset(metric.DrawRows(rng, real.N, k.SubsetRows)), gen.Subset(metric.DrawRows(rng, gen.N, k.SubsetRows))
}

// SubsetSD is the standard deviation over subsets (n, not n-1), which torch-fidelity,
// clean-fid and dgm-eval print; NaN without subsets.
func (v Value) SubsetSD() float64 {
	n := float64(len(v.Subsets))
	if n == 1 {
		return 0
	}
	return metric.Spread(v.Subsets) * math.Sqrt((n-1)/n)
}

// SubsetSE is the standard error of the mean over subsets (n-1); NaN of fewer than two.
// Subsets of one sample share rows: it is smaller than the error of the mean.
func (v Value) SubsetSE() float64 {
	return metric.Spread(v.Subsets) / math.Sqrt(float64(len(v.Subsets)))
}
