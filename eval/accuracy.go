package eval

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"repbench/features/matrix"
)

// Accuracy returns the share of predicted labels that equal the true ones, and
// their number. The lists have one length; of empty ones the share is 0.
func Accuracy(predicted, truth []int32) (share float64, correct int) {
	for i, p := range predicted {
		if p == truth[i] {
			correct++
		}
	}
	if len(truth) == 0 {
		return 0, 0
	}
	return float64(correct) / float64(len(truth)), correct
}

// Confusion returns the K×K counts of rows of true class r predicted as class c
// at [r][c]. A label outside 0 … K-1 is an error that names its row.
func Confusion(predicted, truth []int32, classes int) ([][]int, error) {
	counts := make([][]int, classes)
	for k := range counts {
		counts[k] = make([]int, classes)
	}
	if len(predicted) != len(truth) {
		return nil, fmt.Errorf("%d predictions and %d labels: %w", len(predicted), len(truth), matrix.ErrShape)
	}
	for i, t := range truth {
		p := predicted[i]
		if t < 0 || p < 0 || int(t) >= classes || int(p) >= classes {
			return nil, fmt.Errorf("row %d of class %d predicted as %d, with %d classes: %w", i, t, p, classes, matrix.ErrLabel)
		}
		counts[t][p]++
	}
	return counts, nil
}

// Interval is a confidence interval: its lower and its upper end.
type Interval [2]float64

// normal975 is the 97.5 % quantile of the standard normal distribution.
const normal975 = 1.959963984540054

// Wilson returns the 95 % score interval for the probability behind successes
// out of n independent trials,
//
//	(p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n),  p = successes/n, z = 1.96,
//
// after E. B. Wilson, "Probable inference, the law of succession, and
// statistical inference", JASA 22, 1927. Without trials it is [0, 1].
func Wilson(successes, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	return WilsonShare(float64(successes)/float64(n), float64(n))
}

// WilsonShare is Wilson for the share p of m trials, m > 0; m need be no whole number, where
// trials that hang together count as fewer.
func WilsonShare(p, m float64) Interval {
	const z2 = normal975 * normal975
	half := normal975 * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	scale := 1 + z2/m
	return Interval{max(0, (p+z2/(2*m)-half)/scale), min(1, (p+z2/(2*m)+half)/scale)}
}

// sample holds the moments of n values.
type sample struct {
	n               int
	mean, deviation float64
}

// moments returns the mean and the sample standard deviation (divided by n-1) of
// at least two values.
func moments(values []float64) sample {
	s := sample{n: len(values)}
	s.mean, s.deviation = stat.MeanStdDev(values, nil)
	return s
}

// student is the half width of Student's 95 % interval for the mean behind the values, with n-1
// degrees of freedom.
func (s sample) student() float64 {
	t := distuv.StudentsT{Sigma: 1, Nu: float64(s.n - 1)}.Quantile(0.975)
	return t * s.deviation / math.Sqrt(float64(s.n))
}

// ci95 is Student's interval for the mean behind the values, within [0, 1].
func (s sample) ci95() Interval { return s.around(s.student()) }

// MeanInterval is Student's 95 % interval for the mean behind independent values; nil for fewer than
// two.
func MeanInterval(values []float64) *Interval {
	if len(values) < 2 {
		return nil
	}
	s := moments(values)
	half := s.student()
	return &Interval{s.mean - half, s.mean + half}
}

// around is the interval of a half width about the mean, within [0, 1].
func (s sample) around(half float64) Interval {
	return Interval{max(0, s.mean-half), min(1, s.mean+half)}
}
