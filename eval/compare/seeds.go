package compare

import (
	"fmt"
	"math"

	"repbench/eval"
)

// Component is an estimated variance, or another estimate, with its standard
// error.
type Component struct {
	Value         float64 `json:"value"`          // the estimate
	StandardError float64 `json:"standard_error"` // of Value
}

// SeedResult splits the variance of the accuracy of a method that was trained with several
// seeds and tested on one sample. Variances are of accuracies as fractions. docs/intervals.md
// has the model and the formulas.
type SeedResult struct {
	Seeds      int       `json:"seeds"`      // number of seeds
	N          int       `json:"n"`          // number of test rows
	Accuracies []float64 `json:"accuracies"` // per seed
	// Mean is the mean accuracy of the seeds. Its standard error and its 95 % interval refer to
	// the mean accuracy over all seeds and all test rows of the population.
	Mean              float64       `json:"mean"`
	MeanStandardError float64       `json:"mean_standard_error"`
	MeanInterval      eval.Interval `json:"mean_ci95"`
	// BetweenSeeds is the variance of the accuracy between seeds on this test sample.
	BetweenSeeds Component `json:"variance_between_seeds"`
	// SeedEffect is the part of BetweenSeeds that would remain on an infinite test sample. The
	// estimate may be negative if the effect is small; it is not cut off at 0, which would bias
	// it.
	SeedEffect Component `json:"variance_seed_effect"`
	// TestSampling is the variance of the accuracy of one trained model over test
	// samples of N rows.
	TestSampling Component `json:"variance_test_sampling"`
	// Total is the variance of the accuracy of a new seed on a new test sample,
	// SeedEffect + TestSampling.
	Total Component `json:"variance_total"`
	// NewSeed is the interval that contains the accuracy of one new seed on a new test sample
	// of N rows with probability 95 %.
	NewSeed eval.Interval `json:"new_seed_new_sample_interval95"`
}

// squares holds the mean squares of the table x[s][i], which is 1 if seed s classified row i
// correctly, in the two-way layout without replication.
type squares struct {
	seeds, rows     int
	means           []float64 // accuracy of each seed
	mean            float64
	seed, row, rest float64
	sampling        float64 // mean over seeds of A(1-A)/(n-1)
	samplingError   float64
	perRow          []float64 // fraction of the seeds that classified the row correctly
}

// newSquares returns the mean squares of at least two lists of predictions.
func newSquares(predicted [][]int32, truth []int32) (squares, error) {
	if len(predicted) < 2 {
		return squares{}, fmt.Errorf("predictions of %d seeds: %w", len(predicted), ErrSeeds)
	}
	if len(truth) == 1 {
		return squares{}, fmt.Errorf("one test row has no variance: %w", ErrShape)
	}
	q := squares{seeds: len(predicted), rows: len(truth), perRow: make([]float64, len(truth))}
	for s, p := range predicted {
		if err := fits(fmt.Sprintf("seed %d", s), p, truth); err != nil {
			return squares{}, err
		}
		a, _ := eval.Accuracy(p, truth)
		q.means = append(q.means, a)
		for i, y := range truth {
			if p[i] == y {
				q.perRow[i] += 1 / float64(q.seeds)
			}
		}
	}
	q.analyse()
	q.samplingError = q.weighted(predicted, truth)
	return q, nil
}

// analyse sets the mean squares. The total sum of squares of a table of zeros and
// ones with mean m is S·n·m(1-m).
func (q *squares) analyse() {
	s, n := float64(q.seeds), float64(q.rows)
	q.mean = mean(q.means)
	q.seed = n * variance(q.means)
	q.row = s * variance(q.perRow)
	total := s * n * q.mean * (1 - q.mean)
	q.rest = max(0, (total-(s-1)*q.seed-(n-1)*q.row)/((s-1)*(n-1)))
	for _, a := range q.means {
		q.sampling += a * (1 - a) / (n - 1) / s
	}
}

// weighted returns the standard error of sampling, by the delta method. The derivative with
// respect to accuracy s is (1-2A_s)/S(n-1), and the accuracies vary together with the rows.
func (q *squares) weighted(predicted [][]int32, truth []int32) float64 {
	rows := make([]float64, q.rows)
	for s, p := range predicted {
		w := (1 - 2*q.means[s]) / (float64(q.seeds) * float64(q.rows-1))
		for i, y := range truth {
			if p[i] == y {
				rows[i] += w
			}
		}
	}
	return math.Sqrt(variance(rows) / float64(q.rows))
}

// combination is an estimate Σ c·MS of a variance. Its standard error follows from Var(MS) ≈ 2
// MS²/df.
type combination struct{ seed, row, rest float64 }

func (q squares) component(c combination) Component {
	s, n := float64(q.seeds-1), float64(q.rows-1)
	sq := func(v float64) float64 { return v * v }
	spread := sq(c.seed*q.seed)/s + sq(c.row*q.row)/n + sq(c.rest*q.rest)/(s*n)
	return Component{c.seed*q.seed + c.row*q.row + c.rest*q.rest, math.Sqrt(2 * spread)}
}

// uncertain returns the variance c of an accuracy in two parts: the part of MS_seed, with S-1
// degrees of freedom, and the part of the rows. A negative estimate of the latter counts as 0.
func (q squares) uncertain(c combination) uncertain {
	return uncertain{
		known:   max(0, c.row*q.row+c.rest*q.rest),
		seeds:   c.seed * q.seed,
		freedom: float64(q.seeds - 1),
	}
}

// Decompose analyses the predictions of at least two seeds on the same test rows. The model of
// the table of right and wrong is μ + seed + row + rest, all random and uncorrelated, estimated
// by the analysis of variance; see docs/intervals.md. The intervals are symmetric before they
// are clipped to [0, 1]. At accuracies near 0 or 1 on few rows they are therefore rough; use
// Wilson's interval there.
func Decompose(predicted [][]int32, truth []int32) (SeedResult, error) {
	if len(truth) == 0 {
		return SeedResult{}, fits("seed 0", nil, truth)
	}
	q, err := newSquares(predicted, truth)
	if err != nil {
		return SeedResult{}, err
	}
	s, n := float64(q.seeds), float64(q.rows)
	r := SeedResult{Seeds: q.seeds, N: q.rows, Accuracies: q.means, Mean: q.mean}
	r.BetweenSeeds = q.component(combination{seed: 1 / n})
	r.SeedEffect = q.component(combination{seed: 1 / n, rest: -1 / n})
	r.TestSampling = Component{q.sampling, q.samplingError}
	r.Total = q.component(q.total())
	ofMean := q.uncertain(combination{1 / (s * n), 1 / (s * n), -1 / (s * n)})
	r.MeanStandardError = math.Sqrt(ofMean.total())
	r.MeanInterval = ofMean.around(q.mean, 0, 1)
	r.NewSeed = q.uncertain(combination{(1 + 1/s) / n, 2 / (s * n), -2 / (s * n)}).around(q.mean, 0, 1)
	return r, nil
}

// total returns σ²_seed + (σ²_row + σ²_rest)/n from the mean squares.
func (q squares) total() combination {
	s, n := float64(q.seeds), float64(q.rows)
	return combination{seed: 1 / n, row: 1 / (s * n), rest: -1 / (s * n)}
}
