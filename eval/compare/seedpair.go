package compare

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// SeedPairResult compares two methods that were each trained with several seeds
// and tested on the same rows.
type SeedPairResult struct {
	A SeedResult `json:"a"`
	B SeedResult `json:"b"`
	// Difference is the mean accuracy of A minus that of B; the interval and P, a
	// two-sided t-test that the methods have one mean, count both new seeds and new
	// test rows.
	Difference    float64       `json:"difference"`
	StandardError float64       `json:"difference_standard_error"`
	Interval      eval.Interval `json:"difference_ci95"`
	P             float64       `json:"p"`
	// Freedom is Satterthwaite's number of degrees of freedom behind both.
	Freedom float64 `json:"degrees_of_freedom"`
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
// once.
func (r *SeedPairResult) fill(qa, qb squares) {
	n := float64(qa.rows)
	rows := make([]float64, qa.rows)
	for i := range rows {
		rows[i] = qa.perRow[i] - qb.perRow[i]
	}
	qa.floor()
	qb.floor()
	fromRows := variance(rows) / n
	na, nb := n*float64(qa.seeds), n*float64(qb.seeds)
	sa, sb := qa.seed/na, qb.seed/nb
	ra, rb := qa.rest/na, qb.rest/nb
	v := max(sa+sb+fromRows-ra-rb, sa+sb, fromRows)
	r.FromSeeds = sa + sb
	r.FromRows = max(0, fromRows-ra-rb)
	r.StandardError = math.Sqrt(v)
	sq := func(v float64) float64 { return v * v }
	fa, fb := float64(qa.seeds-1), float64(qb.seeds-1)
	spread := sq(sa)/fa + sq(sb)/fb + sq(fromRows)/(n-1) + sq(ra)/(fa*(n-1)) + sq(rb)/(fb*(n-1))
	r.Freedom = freedom(v, spread)
	r.Interval = around(r.Difference, v, spread, -1, 1)
	r.P = 1
	if v > 0 {
		t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: r.Freedom}
		r.P = 2 * t.Survival(math.Abs(r.Difference)/r.StandardError)
	} else if r.Difference != 0 {
		r.P = 0
	}
}
