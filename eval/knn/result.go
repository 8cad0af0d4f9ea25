package knn

import (
	"repbench/eval"
	"repbench/internal/measure"
)

// Result is the outcome of a k-nearest-neighbour evaluation.
type Result struct {
	// Preset names the convention, "" for one given by flags; Convention spells
	// it out: normalisation, distance, k, votes, ties.
	Preset string `json:"preset,omitempty"`
	// Convention is the rule in words: normalisation, distance, k, votes and ties.
	Convention string `json:"convention"`
	// K is the number of neighbours.
	K int `json:"k"`
	// Grid says how K was chosen, if it was.
	Grid []Point `json:"grid,omitempty"`

	// TestAccuracy is the share of test rows that got their own class, 0 to 1.
	TestAccuracy float64       `json:"test_accuracy"`
	TestCI95     eval.Interval `json:"test_accuracy_ci95"` // Wilson
	// Shares are top-5 accuracy, among the classes that got a vote, and the mean per class.
	eval.Shares
	// SelectedOn says on what K was chosen.
	SelectedOn measure.Selection `json:"selected_on"`
	ReportedOn string            `json:"reported_on"` // "test"
	// Classes are the class names by label.
	Classes []string `json:"classes"`
	// Confusion counts test rows: the element [i][j] those of class i that got class j.
	Confusion [][]int `json:"confusion"`
	// Dim is the number of features of a row.
	Dim int `json:"dim"`
	// NTrain is the number of training rows.
	NTrain int `json:"n_train"`
	// NTest is the number of test rows.
	NTest int `json:"n_test"`
	// Seed drew the rows that K was chosen on.
	Seed uint64 `json:"seed"`
	// Seconds is the time that the evaluation took.
	Seconds float64 `json:"seconds"`
	// PeakRSSBytes is the largest memory of the process; 0 where the system does not tell.
	PeakRSSBytes int64 `json:"peak_rss_bytes"`
	// Warnings say what is odd about the choice of K.
	Warnings []string `json:"warnings"`

	// Predicted are the classes given to the test rows.
	Predicted []int32 `json:"-"`
	// Correct says of each test row, in their order, whether its class was found.
	Correct []bool `json:"-"`
}

// Point is the validation accuracy at one k.
type Point struct {
	// K is the number of neighbours.
	K int `json:"k"`
	// Accuracy is the share of validation rows that got their own class.
	Accuracy float64 `json:"valid_accuracy"`
	// CI95 is the 95 % interval of Accuracy after Wilson.
	CI95 eval.Interval `json:"valid_accuracy_ci95"`
}

// Kind is "knn".
func (r *Result) Kind() string { return "knn" }

// Measurements are the accuracies of the result, the one on the test split first.
func (r *Result) Measurements() []measure.Measurement {
	on := r.SelectedOn
	out := []measure.Measurement{{Name: measure.TestAccuracy, Value: r.TestAccuracy, CI95: measure.Interval(r.TestCI95, r.TestAccuracy),
		Cases: r.NTest, Unit: measure.Images, Better: measure.Higher, SelectedOn: &on, ReportedOn: r.ReportedOn}}
	for _, g := range r.Grid {
		if g.K == r.K {
			out = append(out, measure.Measurement{Name: measure.ValidAccuracy, Value: g.Accuracy, CI95: measure.Interval(g.CI95, g.Accuracy),
				Better: measure.Higher, SelectedOn: &on, ReportedOn: on.On})
		}
	}
	return append(out, r.Shares.Measurements(r.NTest, &on, r.ReportedOn)...)
}
