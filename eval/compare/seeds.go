package compare

import (
	"fmt"
	"math"

	"repbench/eval"
)

// Component is an estimated variance, or another estimate, with its standard
// error.
type Component struct {
	Value         float64 `json:"value"`
	StandardError float64 `json:"standard_error"`
}

// SeedResult takes apart the variance of the accuracy of a method that was
// trained with several seeds and tested on one sample. Variances are of
// accuracies as fractions. The model and the formulas are in docs/intervals.md.
type SeedResult struct {
	Seeds      int       `json:"seeds"`
	N          int       `json:"n"`
	Accuracies []float64 `json:"accuracies"`
	// Mean is the mean accuracy of the seeds; the interval is that of the mean
	// accuracy over all seeds and all test rows of the population.
	Mean              float64       `json:"mean"`
	MeanStandardError float64       `json:"mean_standard_error"`
	MeanInterval      eval.Interval `json:"mean_ci95"`
	// BetweenSeeds is the variance of the accuracy between seeds on this very test
	// sample: what training again changes.
	BetweenSeeds Component `json:"variance_between_seeds"`
	// SeedEffect is the part of it that would remain on an endless test sample. Its
	// estimate may be negative where it is small; it is not cut off at 0, which
	// would bias it.
	SeedEffect Component `json:"variance_seed_effect"`
	// TestSampling is the variance of the accuracy of one trained model over test
	// samples of N rows.
	TestSampling Component `json:"variance_test_sampling"`
	// Total is the variance of the accuracy of a new seed on a new test sample,
	// SeedEffect + TestSampling.
	Total Component `json:"variance_total"`
	// NewSeed is the interval in which the accuracy of one new seed on a new test
	// sample of N rows falls with 95 %.
	NewSeed eval.Interval `json:"new_seed_new_sample_interval95"`
}

// squares are the mean squares of the table x[s][i], 1 where seed s got row i
// right, in the two-way layout without replication.
type squares struct {
	seeds, rows     int
	means           []float64 // accuracy of each seed
	mean            float64
	seed, row, rest float64
	sampling        float64 // mean over seeds of A(1-A)/(n-1)
	samplingError   float64
	perRow          []float64 // share of the seeds that got the row right
}

// newSquares returns the mean squares of at least two lists of predictions.
func newSquares(predicted [][]int32, truth []int32) (squares, error) {
	if len(predicted) < 2 {
		return squares{}, fmt.Errorf("compare: predictions of %d seeds: %w", len(predicted), ErrSeeds)
	}
	if len(truth) == 1 {
		return squares{}, fmt.Errorf("compare: one test row has no variance: %w", ErrShape)
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

// weighted returns the standard error of sampling, by the delta method: the
// derivative by accuracy s is (1-2A_s)/S(n-1), and the accuracies vary together
// with the rows.
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

// combination is an estimate Σ c·MS of a variance; its standard error follows from
// Var(MS) ≈ 2 MS²/df.
type combination struct{ seed, row, rest float64 }

func (q squares) component(c combination) Component {
	s, n := float64(q.seeds-1), float64(q.rows-1)
	sq := func(v float64) float64 { return v * v }
	spread := sq(c.seed*q.seed)/s + sq(c.row*q.row)/n + sq(c.rest*q.rest)/(s*n)
	return Component{c.seed*q.seed + c.row*q.row + c.rest*q.rest, math.Sqrt(2 * spread)}
}

// uncertain is the variance c of an accuracy: the part of MS_seed, of S-1 degrees of
// freedom, and that of the rows. A negative estimate of the latter counts as 0.
func (q squares) uncertain(c combination) uncertain {
	return uncertain{
		known:   max(0, c.row*q.row+c.rest*q.rest),
		seeds:   c.seed * q.seed,
		freedom: float64(q.seeds - 1),
	}
}

// Decompose takes the predictions of at least two seeds, on the same test rows,
// apart. The table of right and wrong is modelled as μ + seed + row + rest, all
// random and uncorrelated, and estimated by the analysis of variance; see
// docs/intervals.md. At accuracies near 0 or 1 on few rows the intervals, which
// are symmetrical before they are cut to [0, 1], are rough: take Wilson's then.
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

// total is σ²_seed + (σ²_row + σ²_rest)/n from the mean squares.
func (q squares) total() combination {
	s, n := float64(q.seeds), float64(q.rows)
	return combination{seed: 1 / n, row: 1 / (s * n), rest: -1 / (s * n)}
}
