package nearest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"repbench/eval/neighbours"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// Realism returns the realism score of each generated row (Kynkäänniemi et al., NeurIPS
// 2019, equation 3): the largest ratio of the radius of a real row to its distance, over
// the real rows whose radius is below the median. radii are the RealRadii of PRDCValue. It is
// above 1 for a row inside one of these balls, +Inf for a copy of such a row, and NaN
// where no radius is below the median.
func Realism(ctx context.Context, real, gen matrix.View, radii []float64, o metric.Options) ([]float64, error) {
	o = o.WithDefaults()
	if err := metric.CheckPair("realism", real, gen); err != nil {
		return nil, err
	}
	if len(radii) != real.N {
		return nil, fmt.Errorf("realism: %d radii for %d real rows: %w", len(radii), real.N, matrix.ErrShape)
	}
	best := make([]float64, gen.N)
	kept, of := belowMedian(radii)
	if len(kept) == 0 {
		for j := range best {
			best[j] = math.NaN()
		}
		return best, nil
	}
	real = real.Subset(kept)
	err := neighbours.Each(ctx, real, gen, 1, neighbours.Metric{Kind: neighbours.Euclidean}, search(o), func(j int, near []neighbours.Neighbour) {
		best[j] = ratio(of[near[0].Row], -near[0].Similarity)
	})
	if err != nil {
		return nil, fmt.Errorf("realism: %w", err)
	}
	// A row with a larger ratio lies nearer than the largest radius over the ratio so far.
	largest := slices.Max(of)
	reach := make([]float64, gen.N)
	for j, r := range best {
		reach[j] = largest / r * (1 + 1e-12)
		if largest == 0 {
			reach[j] = 0
		}
	}
	err = neighbours.Within(ctx, real, gen, neighbours.Radii{Queries: reach}, search(o), func(j int, i int32, d float64) {
		best[j] = math.Max(best[j], ratio(of[i], d))
	})
	if err != nil {
		return nil, fmt.Errorf("realism: %w", err)
	}
	return best, nil
}

// belowMedian are the rows whose radius is below the median, and these radii.
func belowMedian(radii []float64) (rows []int32, of []float64) {
	sorted := slices.Sorted(slices.Values(radii))
	n := len(sorted)
	median := (sorted[(n-1)/2] + sorted[n/2]) / 2
	for i, r := range radii {
		if r < median {
			rows, of = append(rows, int32(i)), append(of, r)
		}
	}
	return rows, of
}

// ratio is a radius over a distance; a copy of a row without a ball has the ratio 0.
func ratio(radius, distance float64) float64 {
	if radius == 0 {
		return 0
	}
	return radius / distance
}
