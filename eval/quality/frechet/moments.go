package frechet

import (
	"context"
	"fmt"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
)

// Moments are the mean and the covariance of a set: all that the Fréchet distance knows of
// it. They serve for any number of distances.
type Moments struct {
	// Rows is the number of rows n of the set.
	Rows int
	// Mean is the mean row, d elements.
	Mean []float64
	// Covariance is d×d, Σ (x−mean)(x−mean)ᵀ/(n−1), both triangles filled.
	Covariance *dense.Matrix
}

// MomentsOf returns the moments of x (n×d, n at least 2). set is the name of x in messages.
// The result takes 8·d² bytes: 34 MB for 2,048 columns, 411 MB for 7,168.
func MomentsOf(ctx context.Context, set string, x matrix.View, o metric.Options) (*Moments, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	o = o.WithDefaults()
	if err := metric.CheckMatrices("frechet", 1, x.D, dense.CovarianceBytes(x.D, o.Threads), o); err != nil {
		return nil, err
	}
	return momentsOf(ctx, "frechet", set, x, o)
}

// momentsOf is MomentsOf for a metric that has checked its options.
func momentsOf(ctx context.Context, caller, set string, x matrix.View, o metric.Options) (*Moments, error) {
	if err := metric.CheckSet(caller, set, x); err != nil {
		return nil, err
	}
	if x.N < 2 {
		return nil, errkind.Errorf(metric.ErrRows, "%s: the covariance of one row is not defined; the %s set has 1", caller, set)
	}
	m := &Moments{Rows: x.N, Mean: dense.Means(x, o.Threads)}
	for _, v := range m.Mean {
		if v-v != 0 { // as of any set that holds such a value
			return nil, fmt.Errorf("%s: %w", caller, metric.CheckFinite(set, x, o.Threads))
		}
	}
	var err error
	m.Covariance, err = dense.Covariance(ctx, x, m.Mean, o.Threads)
	return m, err
}

// clone returns a copy whose covariance may be spoilt.
func (m *Moments) clone() *Moments {
	return &Moments{Rows: m.Rows, Mean: m.Mean, Covariance: m.Covariance.Clone()}
}

// dims is the number of columns of the set.
func (m *Moments) dims() int { return len(m.Mean) }

// rankWarning says that the covariance of a set cannot have full rank; "": it can.
func (m *Moments) rankWarning() string {
	if m.Rows > m.dims() {
		return ""
	}
	return fmt.Sprintf("covariance of %d rows has rank %d of %d; Fréchet is biased and depends on n", m.Rows, m.Rows-1, m.dims())
}
