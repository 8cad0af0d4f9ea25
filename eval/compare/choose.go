package compare

import (
	"fmt"
	"math"

	"repbench/eval"
)

// Choice is the effect on the test split of choosing the best of several encoders on a
// validation split. Accuracies and gains are fractions.
type Choice struct {
	Encoders int `json:"encoders"` // number of encoders
	// Chosen is the index of the encoder with the highest validation accuracy, the first of
	// equals.
	Chosen int `json:"chosen"`
	// ValidChosen, ValidMean and ValidGain are the validation accuracy of the chosen encoder,
	// the mean validation accuracy of all encoders, and their difference. TestChosen, TestMean
	// and TestGain are the same on the test split. Optimism is ValidGain - TestGain: the part
	// of the gain on the validation split that is missing on the test split.
	ValidChosen float64 `json:"valid_accuracy_chosen"`
	ValidMean   float64 `json:"valid_accuracy_mean"`
	ValidGain   float64 `json:"valid_gain"`
	TestChosen  float64 `json:"test_accuracy_chosen"`
	TestMean    float64 `json:"test_accuracy_mean"`
	TestGain    float64 `json:"test_gain"`
	Optimism    float64 `json:"optimism"`
	// TestWilson is the interval of TestChosen.
	TestWilson eval.Interval `json:"test_accuracy_chosen_ci95"`
	// Within reports whether TestWilson contains TestMean: the test split then shows no gain.
	Within bool `json:"mean_within_interval"`
	// GainInterval is the interval of TestGain, paired by test rows. It is narrower than
	// TestWilson and finds real differences between the encoders that TestWilson cannot.
	GainInterval eval.Interval `json:"test_gain_ci95"`
	// TestRank is the rank of the chosen encoder on the test split, 1 for the best; encoders of
	// equal accuracy share the best rank.
	TestRank int `json:"test_rank"`
}

// Choose chooses the best of at least two encoders by validation accuracy and compares its test
// predictions with those of all encoders. The test split does not influence the choice.
func Choose(valid []float64, predicted [][]int32, truth []int32) (Choice, error) {
	if len(valid) != len(predicted) {
		return Choice{}, fmt.Errorf("%d validation accuracies for predictions of %d encoders: %w", len(valid), len(predicted), ErrShape)
	}
	if len(truth) == 0 {
		return Choice{}, fits("encoder 0", nil, truth)
	}
	q, err := newSquares(predicted, truth)
	if err != nil {
		return Choice{}, err
	}
	s := Choice{Encoders: len(valid), ValidMean: mean(valid), TestMean: q.mean, TestRank: 1}
	for i, v := range valid {
		if !(v >= 0 && v <= 1) {
			return Choice{}, fmt.Errorf("validation accuracy %g of encoder %d is not in [0, 1]: %w", v, i, ErrOption)
		}
		if v > valid[s.Chosen] {
			s.Chosen = i
		}
	}
	s.ValidChosen, s.TestChosen = valid[s.Chosen], q.means[s.Chosen]
	s.ValidGain, s.TestGain = s.ValidChosen-s.ValidMean, s.TestChosen-s.TestMean
	s.Optimism = s.ValidGain - s.TestGain
	for _, a := range q.means {
		if a > s.TestChosen {
			s.TestRank++
		}
	}
	s.intervals(q, predicted[s.Chosen], truth)
	return s, nil
}

// intervals sets the intervals of the chosen encoder's accuracy and gain.
func (s *Choice) intervals(q squares, chosen, truth []int32) {
	_, correct := eval.Accuracy(chosen, truth)
	s.TestWilson = eval.Wilson(correct, len(truth))
	s.Within = s.TestWilson[0] <= s.TestMean && s.TestMean <= s.TestWilson[1]
	rows := make([]float64, len(truth))
	for i, y := range truth {
		rows[i] = -q.perRow[i]
		if chosen[i] == y {
			rows[i]++
		}
	}
	u := uncertain{known: variance(rows) / float64(len(rows))}
	s.GainInterval = u.around(math.Max(-1, math.Min(1, s.TestGain)), -1, 1)
}
