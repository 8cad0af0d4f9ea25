package diversity

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
)

// The values that programs add to each share of RankMe.
const (
	// RankMeEpsilon is the ε of the paper.
	RankMeEpsilon = 1e-7
	// RankMeStable is the ε of stable-pretraining.
	RankMeStable = 1e-5
)

// RankMeOptions say which RankMe is computed. The zero value: shares as they are, not centred.
type RankMeOptions struct {
	// Epsilon is added to each share, from 0 on: RankMeEpsilon, RankMeStable, or 0.
	Epsilon float64
	// Centred takes the mean row out first. Means make features look as if they had fewer
	// dimensions, so centred values compare only with centred ones.
	Centred bool
}

// RankMe returns the effective rank of the rows of gen (n×d): exp(−Σ p ln p), p = σ/Σσ + ε over
// the min(n, d) singular values σ (Garrido et al., RankMe, ICML 2023, equation 1; the effective
// rank is of Roy and Vetterli, 2007). It lies between 1 and min(n, d), but for ε, which moves it
// by about ε·d·ln(1/ε): values of different ε do not compare. Rows that are all 0 give 1, as one
// row does.
//
// Singular values come from a QR factorisation: small ones, which decide where many
// dimensions are nearly empty, are not lost in the squares of large ones.
func RankMe(ctx context.Context, gen matrix.View, r RankMeOptions, o metric.Options) (float64, error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	o = o.WithDefaults()
	if !(r.Epsilon >= 0 && r.Epsilon < 1) {
		return 0, errkind.Errorf(metric.ErrOptions, "%s: epsilon = %v: must be at least 0 and below 1", metric.NameRankMe, r.Epsilon)
	}
	if err := metric.CheckSet(metric.NameRankMe, metric.GeneratedSet, gen); err != nil {
		return 0, err
	}
	if need := dense.SingularBytes(gen.N, gen.D, o.Threads); need > o.MaxMemory {
		return 0, errkind.Errorf(metric.ErrOptions, "%s: %d rows of %d columns need %.4g MB, more than the %.4g MB allowed; allow more memory, or use fewer columns (pooled features, one layer)",
			metric.NameRankMe, gen.N, gen.D, float64(need)/1e6, float64(o.MaxMemory)/1e6)
	}
	if err := metric.CheckFinite(metric.GeneratedSet, gen, o.Threads); err != nil {
		return 0, fmt.Errorf("%s: %w", metric.NameRankMe, err)
	}
	var mean []float64
	if r.Centred {
		mean = dense.Means(gen, o.Threads)
	}
	values, err := dense.SingularValues(ctx, gen, mean, o.Threads)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", metric.NameRankMe, err)
	}
	return effectiveRank(values, r.Epsilon), nil
}

// effectiveRank is exp(−Σ p ln p), p = v/Σv + epsilon; 1 where all values are 0.
func effectiveRank(values []float64, epsilon float64) float64 {
	var sum, entropy float64
	for _, v := range values {
		sum += v
	}
	if sum == 0 {
		return 1
	}
	for _, v := range values {
		if p := v/sum + epsilon; p > 0 {
			entropy -= p * math.Log(p)
		}
	}
	return math.Exp(entropy)
}
