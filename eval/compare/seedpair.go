package compare

import (
	"fmt"
	"math"

	"repbench/eval"
)

// SeedPairResult compares two methods that were each trained with several seeds
// and tested on the same rows.
type SeedPairResult struct {
	// A and B are the results of the two methods.
	A SeedResult `json:"a"`
	B SeedResult `json:"b"`
	// Difference is the mean accuracy of A minus the mean accuracy of B. Its standard error,
	// its 95 % interval and P, the p-value of a two-sided test of equal means, account for both
	// new seeds and new test rows.
	Difference    float64       `json:"difference"`
	StandardError float64       `json:"difference_standard_error"`
	Interval      eval.Interval `json:"difference_ci95"`
	P             float64       `json:"p"`
	// PText is P as text, formatted by FormatP.
	PText string `json:"p_text"`
	// FromSeeds is the part of the variance of Difference that more seeds would reduce.
	FromSeeds float64 `json:"variance_from_seeds"`
	// FromRows is the part that more test rows would reduce.
	FromRows float64 `json:"variance_from_test_rows"`
}

// SeedPair compares the predictions of the seeds of A with those of B. Each needs at least two
// seeds, and their numbers may differ. Seeds of A and B are independent: seed 1 of A has no
// relation to seed 1 of B.
func SeedPair(a, b [][]int32, truth []int32) (SeedPairResult, error) {
	var r SeedPairResult
	var err error
	if r.A, err = Decompose(a, truth); err != nil {
		return SeedPairResult{}, fmt.Errorf("encoder A: %w", err)
	}
	if r.B, err = Decompose(b, truth); err != nil {
		return SeedPairResult{}, fmt.Errorf("encoder B: %w", err)
	}
	qa, err := newSquares(a, truth)
	if err != nil {
		return SeedPairResult{}, err
	}
	qb, err := newSquares(b, truth)
	if err != nil {
		return SeedPairResult{}, err
	}
	r.Difference = qa.mean - qb.mean
	r.fill(qa, qb)
	return r, nil
}

// fill computes the variance of the difference. The variance of a row's difference includes the
// rest of both tables, which the seeds' part includes as well, and so the rest is subtracted
// once. The seeds of both methods form one part with the degrees of freedom of Welch's test.
func (r *SeedPairResult) fill(qa, qb squares) {
	n := float64(qa.rows)
	rows := make([]float64, qa.rows)
	for i := range rows {
		rows[i] = qa.perRow[i] - qb.perRow[i]
	}
	na, nb := n*float64(qa.seeds), n*float64(qb.seeds)
	u := uncertain{
		known:   max(0, variance(rows)/n-qa.rest/na-qb.rest/nb),
		seeds:   qa.seed/na + qb.seed/nb,
		freedom: welch(qa.seed/na, float64(qa.seeds-1), qb.seed/nb, float64(qb.seeds-1)),
	}
	r.FromSeeds, r.FromRows = u.seeds, u.known
	r.StandardError = math.Sqrt(u.total())
	r.Interval = u.around(r.Difference, -1, 1)
	r.P = u.p(r.Difference)
	r.PText = FormatP(r.P)
}

// welch returns the degrees of freedom of the sum of two estimated variances, (a+b)²/(a²/fa +
// b²/fb); if both variances are 0, the smaller of fa and fb.
func welch(a, fa, b, fb float64) float64 {
	if a+b == 0 {
		return min(fa, fb)
	}
	return (a + b) * (a + b) / (a*a/fa + b*b/fb)
}
