package classifier

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// ScoreOptions say into which parts the rows of a classifier score are divided.
type ScoreOptions struct {
	// Splits is the number of parts whose scores are averaged; 0: one, all rows.
	Splits int
	// Whole makes parts of ⌊N/Splits⌋ rows each and drops the rest, as dgm-eval does;
	// else part i has the rows from ⌊iN/Splits⌋ on, as in torch-fidelity.
	Whole bool
}

// ScoreValue is a classifier score.
type ScoreValue struct {
	// Value is the mean over parts.
	Value float64
	// Parts are the scores of the parts.
	Parts []float64
}

// SD is the standard deviation over parts (n, not n-1), which torch-fidelity and dgm-eval
// print beside the score; 0 of one part.
func (v ScoreValue) SD() float64 {
	n := float64(len(v.Parts))
	if n == 1 {
		return 0
	}
	return metric.Spread(v.Parts) * math.Sqrt((n-1)/n)
}

// Score is the Inception score (Salimans et al., "Improved Techniques for Training
// GANs", NeurIPS 2016) of any classifier: exp of the mean over rows of KL(p ‖ mean p), p the
// softmax of a row of logits. The rows are taken in their order.
func Score(ctx context.Context, logits matrix.View, s ScoreOptions, o metric.Options) (ScoreValue, error) {
	if err := o.Validate(); err != nil {
		return ScoreValue{}, err
	}
	if err := metric.CheckSet(metric.NameClassifierScore, "logits", logits); err != nil {
		return ScoreValue{}, err
	}
	n := max(s.Splits, 1)
	if s.Splits < 0 || logits.N < n {
		return ScoreValue{}, errkind.Errorf(metric.ErrRows, "%s: %d parts of %d rows", metric.NameClassifierScore, s.Splits, logits.N)
	}
	var v ScoreValue
	for i := range n {
		if err := ctx.Err(); err != nil {
			return v, fmt.Errorf("%s: %w", metric.NameClassifierScore, err)
		}
		lo, hi := i*logits.N/n, (i+1)*logits.N/n
		if s.Whole {
			lo, hi = i*(logits.N/n), (i+1)*(logits.N/n)
		}
		v.Parts = append(v.Parts, partScore(logits.Rows(lo, hi)))
	}
	v.Value = metric.Mean(v.Parts)
	return v, metric.Finite(metric.NameClassifierScore, v.Value, logits, logits, o.WithDefaults())
}

// partScore is the score of one part.
func partScore(logits matrix.View) float64 {
	n := float64(logits.N)
	marginal := make([]float64, logits.D)
	var entropy float64 // Σ p ln p over all rows
	buf, p := make([]float32, logits.D), make([]float64, logits.D)
	for i := range logits.N {
		entropy += softmax(p, logits.Row(i, buf))
		for j, v := range p {
			marginal[j] += v / n
		}
	}
	for _, v := range marginal {
		if v > 0 {
			entropy -= n * v * math.Log(v)
		}
	}
	return math.Exp(entropy / n)
}

// softmax sets p to the softmax of a row and returns Σ p ln p.
func softmax(p []float64, row []float32) float64 {
	largest := math.Inf(-1)
	for _, v := range row {
		largest = math.Max(largest, float64(v))
	}
	var sum, weighted float64
	for j, v := range row {
		x := float64(v) - largest
		p[j] = math.Exp(x)
		sum += p[j]
		weighted += p[j] * x
	}
	for j := range p {
		p[j] /= sum
	}
	return weighted/sum - math.Log(sum)
}

// Accuracy is the share of rows of logits whose largest element is the element of the label.
func Accuracy(logits matrix.View, labels []int32) (float64, error) {
	if len(labels) != logits.N {
		return 0, fmt.Errorf("%s: %d labels for %d rows of logits: %w", metric.NameClassifierScore, len(labels), logits.N, matrix.ErrShape)
	}
	buf := make([]float32, logits.D)
	right := 0
	for i, label := range labels {
		if label < 0 || int(label) >= logits.D {
			return 0, fmt.Errorf("%s: row %d has the label %d, the logits have the classes 0 to %d: %w", metric.NameClassifierScore, i, label, logits.D-1, matrix.ErrLabel)
		}
		row, best := logits.Row(i, buf), 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		if best == int(label) {
			right++
		}
	}
	return float64(right) / float64(logits.N), nil
}
