package compare

import (
	"fmt"
	"math"

	"repbench/eval"
)

// SeedPairResult compares two methods that were each trained with several seeds
// and tested on the same rows.
type SeedPairResult struct {
	A SeedResult `json:"a"`
	B SeedResult `json:"b"`
	// Difference is the mean accuracy of A minus that of B; the interval and P, of a
	// two-sided test that the methods have one mean, count both new seeds and new
	// test rows.
	Difference    float64       `json:"difference"`
	StandardError float64       `json:"difference_standard_error"`
	Interval      eval.Interval `json:"difference_ci95"`
	P             float64       `json:"p"`
	// PText is P for people, as FormatP writes it.
	PText string `json:"p_text"`
	// FromSeeds and FromRows are the parts of the variance of Difference that more
	// seeds and more test rows would lower.
	FromSeeds float64 `json:"variance_from_seeds"`
	FromRows  float64 `json:"variance_from_test_rows"`
}

// SeedPair compares the predictions of the seeds of A with those of B; each needs
// at least two, and their numbers may differ. Seeds of A and B are independent of
// one another: seed 1 of A has nothing in common with seed 1 of B.
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

// fill sets the variance of the difference. That of a row's difference holds the
// rest of both tables, which the seeds' part counts as well; it is taken away
// once. The seeds of both make one part with the degrees of freedom of Welch's
// test.
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

// welch is the number of degrees of freedom of the sum of two estimated variances,
// (a+b)²/(a²/fa + b²/fb); of nothing it is that of the smaller.
func welch(a, fa, b, fb float64) float64 {
	if a+b == 0 {
		return min(fa, fb)
	}
	return (a + b) * (a + b) / (a*a/fa + b*b/fb)
}
