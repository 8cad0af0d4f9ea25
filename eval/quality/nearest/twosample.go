package nearest

import (
	"context"
	"fmt"

	"repbench/eval/neighbours"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// TwoSampleNN are accuracies of the nearest-neighbour test of two samples (Lopez-Paz and
// Oquab, "Revisiting Classifier Two-Sample Tests", ICLR 2017; Xu et al., 2018): each row is
// said to be of the set of its nearest other row. Both are near 1/2 for two samples of one
// distribution, near 1 where the sets differ, and near 0 where generated rows are copies.
type TwoSampleNN struct {
	// Real and Generated are the shares of the rows of each set whose nearest other row is
	// of the same set. Of equal distances that to a real row counts.
	Real, Generated float64
	// Rows is the number of rows of each set that took part: the first of the larger one.
	Rows int
}

// Value is the mean of both accuracies.
func (v TwoSampleNN) Value() float64 { return (v.Real + v.Generated) / 2 }

// TwoSample returns the accuracies on as many rows of both sets.
func TwoSample(ctx context.Context, real, gen matrix.View, o metric.Options) (TwoSampleNN, error) {
	o = o.WithDefaults()
	if err := o.Validate(); err != nil {
		return TwoSampleNN{}, err
	}
	if err := metric.CheckPair(metric.NameTwoSampleNN, real, gen); err != nil {
		return TwoSampleNN{}, err
	}
	n := min(real.N, gen.N)
	if n < 2 {
		return TwoSampleNN{}, errkind.Errorf(metric.ErrRows, "%s: needs at least 2 rows in each set; real has %d, generated %d", metric.NameTwoSampleNN, real.N, gen.N)
	}
	real, gen = real.Rows(0, n), gen.Rows(0, n)
	var distances [4][]float64 // of real and of generated rows, to their own and the other set
	for i, s := range []struct {
		base, queries matrix.View
		same          bool
	}{{real, real, true}, {gen, real, false}, {gen, gen, true}, {real, gen, false}} {
		var err error
		if distances[i], err = nearest(ctx, s.base, s.queries, s.same, o); err != nil {
			return TwoSampleNN{}, fmt.Errorf("%s: %w", metric.NameTwoSampleNN, err)
		}
	}
	var ofReal, ofGen int
	for i := range n {
		if distances[0][i] <= distances[1][i] {
			ofReal++
		}
		if distances[2][i] < distances[3][i] {
			ofGen++
		}
	}
	return TwoSampleNN{float64(ofReal) / float64(n), float64(ofGen) / float64(n), n}, nil
}

// nearest is the distance of each query to its nearest row; same says that the queries are
// the rows themselves, of which each leaves itself out.
func nearest(ctx context.Context, base, queries matrix.View, same bool, o metric.Options) ([]float64, error) {
	out := make([]float64, queries.N)
	s := search(o)
	if same {
		for i := range queries.N {
			s.Own = append(s.Own, int32(i))
		}
	}
	err := neighbours.Each(ctx, base, queries, 1, neighbours.Metric{Kind: neighbours.Euclidean}, s, func(i int, near []neighbours.Neighbour) {
		out[i] = -near[0].Similarity
	})
	return out, err
}
