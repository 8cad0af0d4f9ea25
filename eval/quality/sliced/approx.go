package sliced

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// Approx is the closed form that approximates the sliced Wasserstein distance of two
// sets (Nadjahi et al., "Fast Approximation of the Sliced-Wasserstein Distance Using
// Concentration of Random Projections", NeurIPS 2021), as dgm-eval computes it: the root of
//
//	‖μ₁−μ₂‖²/d + (√(mean ‖x−μ₁‖²/d) − √(mean ‖y−μ₂‖²/d))²
func Approx(ctx context.Context, real, gen matrix.View, o metric.Options) (float64, error) {
	o = o.WithDefaults()
	if err := o.Validate(); err != nil {
		return 0, err
	}
	if err := metric.CheckPair(metric.NameSWApprox, real, gen); err != nil {
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("%s: %w", metric.NameSWApprox, err)
	}
	mx, vx := meanAndVariance(real)
	my, vy := meanAndVariance(gen)
	var shift float64
	for j := range mx {
		shift += (mx[j] - my[j]) * (mx[j] - my[j])
	}
	d := float64(real.D)
	spreads := math.Sqrt(vx/d) - math.Sqrt(vy/d)
	v := math.Sqrt(shift/d + spreads*spreads)
	return v, metric.Finite(metric.NameSWApprox, v, real, gen, o)
}

// meanAndVariance are the mean row and the mean squared distance of the rows from it.
func meanAndVariance(x matrix.View) (mean []float64, variance float64) {
	mean = make([]float64, x.D)
	r := matrix.Reader{M: x}
	each := func(visit func(row []float32)) {
		for lo := 0; lo < x.N; lo += matrix.BlockRows {
			for _, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
				visit(row)
			}
		}
	}
	each(func(row []float32) {
		for j, v := range row {
			mean[j] += float64(v)
		}
	})
	for j := range mean {
		mean[j] /= float64(x.N)
	}
	each(func(row []float32) {
		for j, v := range row {
			variance += (float64(v) - mean[j]) * (float64(v) - mean[j])
		}
	})
	return mean, variance / float64(x.N)
}
