package eval

import (
	"cmp"
	"context"
	"math"
	"slices"

	"repbench/eval/linear"
)

// maxMistakes is the number of mistakes that a result lists.
const maxMistakes = 20

// judge returns the predicted class of each row, the lowest of equals, the first
// TopClasses classes of each row, and the mistakes of largest margin, of equals those of
// the lowest rows.
func (s ReportSplit) judge(ctx context.Context, m *linear.Model, threads int) (_, ranked []int32, _ []Mistake, _ error) {
	truth := s.report.Y
	ranked = make([]int32, TopClasses*len(truth))
	predicted, margin := make([]int32, len(truth)), make([]float64, len(truth))
	err := m.Each(ctx, s.report.X, threads, func(i int, z []float64) {
		for k, v := range z {
			if v > z[predicted[i]] {
				predicted[i] = int32(k)
			}
		}
		margin[i] = z[predicted[i]] - z[truth[i]]
		Rank(ranked[i*TopClasses:][:TopClasses], z, math.Inf(-1))
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return predicted, ranked, mistakes(predicted, truth, margin), nil
}

// mistakes returns the wrong rows of largest margin.
func mistakes(predicted, truth []int32, margin []float64) []Mistake {
	var out []Mistake
	for i, p := range predicted {
		if p != truth[i] {
			out = append(out, Mistake{Row: i, Truth: truth[i], Predicted: p, Margin: margin[i]})
		}
	}
	slices.SortStableFunc(out, func(a, b Mistake) int { return cmp.Compare(b.Margin, a.Margin) })
	return slices.Clone(out[:min(len(out), maxMistakes)])
}
