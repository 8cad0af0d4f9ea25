package frechet

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
)

// frechetRounding is how far below 0, as a share of the traces, rounding may put a distance.
const frechetRounding = 1e-6

// Parts are the Fréchet distance of two Gaussians and its terms, in squared units of
// the features.
type Parts struct {
	// Value is MeanTerm + CovarianceTerm, and 0 where rounding puts that below 0.
	Value float64
	// MeanTerm is ‖μ₁−μ₂‖².
	MeanTerm float64
	// CovarianceTerm is tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½.
	CovarianceTerm float64
	// Warnings say where a covariance has too few rows for its columns.
	Warnings []string
}

// Distance returns the squared Fréchet (2-Wasserstein) distance of the Gaussians with the means
// and covariances (n−1) of two sets of rows of d features (Dowson and Landau, 1982; as
// "Fréchet Inception distance" Heusel et al., 2017, equation 6):
//
//	‖μ₁−μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½
//
// It is biased: fewer rows make it larger, so distances of sets of unequal sizes do not
// compare. The programs torch-fidelity, pytorch-fid, clean-fid and dgm-eval compute the same
// number by a general matrix root; see DistanceOf for ours. It keeps two d×d matrices of
// float64 in memory.
func Distance(ctx context.Context, real, gen matrix.View, o metric.Options) (Parts, error) {
	if err := o.Validate(); err != nil {
		return Parts{}, err
	}
	o = o.WithDefaults()
	if err := metric.CheckPair(metric.NameFrechet, real, gen); err != nil {
		return Parts{}, err
	}
	if err := metric.CheckMatrices(metric.NameFrechet, 2, real.D, frechetBytes(real.D, o.Threads), o); err != nil {
		return Parts{}, err
	}
	a, err := momentsOf(ctx, metric.NameFrechet, metric.RealSet, real, o)
	if err != nil {
		return Parts{}, err
	}
	b, err := momentsOf(ctx, metric.NameFrechet, metric.GeneratedSet, gen, o)
	if err != nil {
		return Parts{}, err
	}
	return frechet(ctx, a, b, o)
}

// DistanceOf is Distance for moments, which it leaves as they are. It keeps two d×d matrices of
// float64 beside them.
//
// Σ₁ = F·Fᵀ by a Cholesky factor with pivots; then Σ₁Σ₂ has, but for zeros, the eigenvalues of
// the symmetric matrix Fᵀ·Σ₂·F, which are found without vectors, negative ones set to 0, and
// tr (Σ₁Σ₂)^½ is the sum of their roots. Of n rows, no more than columns, F has n−1 columns; the
// first covariance has fewer rows there. Where a covariance is singular for other
// reasons, rounding adds the root of some 10⁻¹⁶ for a dimension that is missing, here as in
// other programs: the distance comes out up to 10⁻⁶ of itself too small.
func DistanceOf(ctx context.Context, real, gen *Moments, o metric.Options) (Parts, error) {
	if err := o.Validate(); err != nil {
		return Parts{}, err
	}
	o = o.WithDefaults()
	d := real.dims()
	if gen.dims() != d {
		return Parts{}, errkind.Errorf(matrix.ErrShape, "%s: rows of the %s set have %d features, rows of the %s set %d", metric.NameFrechet, metric.RealSet, d, metric.GeneratedSet, gen.dims())
	}
	if err := metric.CheckMatrices(metric.NameFrechet, 2, d, frechetBytes(d, o.Threads), o); err != nil {
		return Parts{}, err
	}
	return frechet(ctx, real.clone(), gen.clone(), o)
}

// frechetBytes is the memory of a distance beside its matrices.
func frechetBytes(d, threads int) int64 {
	return max(dense.CovarianceBytes(d, threads), dense.CongruenceBytes(d, threads))
}

// frechet returns the distance, and spoils the covariances.
func frechet(ctx context.Context, real, gen *Moments, o metric.Options) (Parts, error) {
	var parts Parts
	for _, m := range []*Moments{real, gen} {
		if w := m.rankWarning(); w != "" {
			parts.Warnings = append(parts.Warnings, w)
		}
	}
	for j, v := range real.Mean {
		parts.MeanTerm += (v - gen.Mean[j]) * (v - gen.Mean[j])
	}
	traces := real.Covariance.Trace() + gen.Covariance.Trace()
	first, second := real, gen
	if gen.Rows < real.Rows && gen.Rows <= gen.dims() {
		first, second = gen, real
	}
	root, err := traceOfRoot(ctx, first, second, o.Threads)
	if err != nil {
		return Parts{}, err
	}
	parts.CovarianceTerm = traces - 2*root
	parts.Value = parts.MeanTerm + parts.CovarianceTerm
	switch {
	case parts.Value < -frechetRounding*traces || math.IsNaN(parts.Value):
		return Parts{}, fmt.Errorf("%s: %g, with traces of %g: the features are too large or too unlike for float64", metric.NameFrechet, parts.Value, traces)
	case parts.Value < 0:
		parts.Value = 0
	}
	return parts, nil
}

// traceOfRoot returns tr (Σ₁Σ₂)^½ of two covariances, and spoils them.
func traceOfRoot(ctx context.Context, a, b *Moments, threads int) (float64, error) {
	order, rank := dense.PivotedCholesky(a.Covariance, a.Rows-1, threads)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	c := dense.Congruence(b.Covariance, a.Covariance, order, rank, threads)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	values, err := dense.Eigenvalues(ctx, c, threads)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", metric.NameFrechet, err)
	}
	var sum float64
	for _, v := range values {
		sum += math.Sqrt(max(0, v))
	}
	return sum, nil
}
