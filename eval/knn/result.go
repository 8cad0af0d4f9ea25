package knn

import (
	"repbench/eval"
	"repbench/internal/measure"
)

// Result is the outcome of a k-nearest-neighbour evaluation.
type Result struct {
	// Preset names the convention, "" for one given by flags; Convention spells
	// it out: normalisation, distance, k, votes, ties.
	Preset     string `json:"preset,omitempty"`
	Convention string `json:"convention"`
	K          int    `json:"k"`
	// Grid says how K was chosen, if it was.
	Grid []Point `json:"grid,omitempty"`

	TestAccuracy float64           `json:"test_accuracy"`
	TestCI95     eval.Interval     `json:"test_accuracy_ci95"` // Wilson
	SelectedOn   measure.Selection `json:"selected_on"`
	ReportedOn   string            `json:"reported_on"` // "test"
	Classes      []string          `json:"classes"`
	Confusion    [][]int           `json:"confusion"`
	Dim          int               `json:"dim"`
	NTrain       int               `json:"n_train"`
	NTest        int               `json:"n_test"`
	Seed         uint64            `json:"seed"`
	Seconds      float64           `json:"seconds"`
	PeakRSSBytes int64             `json:"peak_rss_bytes"`
	Warnings     []string          `json:"warnings"`

	// Predicted are the classes given to the test rows.
	Predicted []int32 `json:"-"`
}

// Point is the validation accuracy at one k.
type Point struct {
	K        int           `json:"k"`
	Accuracy float64       `json:"valid_accuracy"`
	CI95     eval.Interval `json:"valid_accuracy_ci95"`
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
	return out
}
