package supervised

import (
	"repbench/eval"
	"repbench/internal/measure"
)

// Summary is a Result as records hold it.
type Summary struct {
	// LabelsPerClass is the number of images of each class with labels; 0: all.
	LabelsPerClass int   `json:"labels_per_class,omitempty"`
	Trials         int   `json:"trials"` // number of trials
	Steps          int64 `json:"steps"`  // minibatches of a trial, and of the final fit
	Batch          int   `json:"batch"`  // images per minibatch
	// LearningRate, WeightDecay and Dropout are those of the best trial.
	LearningRate float64           `json:"learning_rate"`
	WeightDecay  float64           `json:"weight_decay"` // L2 factor
	Dropout      float64           `json:"dropout"`      // probability, 0 to 1
	SelectedOn   measure.Selection `json:"selected_on"`  // on what the trial was chosen
	ReportedOn   string            `json:"reported_on"`  // the split of TestAccuracy
	// NFit and NValid are the images of a trial, NTrain those of the final fit.
	NFit   int `json:"n_fit"`
	NValid int `json:"n_valid"` // images
	NTrain int `json:"n_train"` // images
	NTest  int `json:"n_test"`  // test images
	// ValidAccuracy is that of the best trial, TriedAccuracies those of all in their
	// order; a trial that diverged has 0.
	ValidAccuracy   float64       `json:"valid_accuracy"`
	TriedAccuracies []float64     `json:"tried_valid_accuracies,omitempty"` // [Trials], fractions
	TestAccuracy    float64       `json:"test_accuracy"`                    // fraction of the test images
	TestCI95        eval.Interval `json:"test_accuracy_ci95"`               // Wilson
	Classes         []string      `json:"classes,omitempty"`                // [K] names
	Warnings        []string      `json:"warnings,omitempty"`               // sentences for the reader
}

// Summary is the result as records hold it; classes are the names of the classes.
func (r *Result) Summary(classes []string) *Summary {
	s := &Summary{
		LabelsPerClass: r.Labels, Trials: r.Trials, Steps: r.Steps, Batch: r.Batch,
		LearningRate: r.Chosen.LearningRate, WeightDecay: r.Chosen.WeightDecay, Dropout: r.Chosen.Dropout,
		SelectedOn: r.SelectedOn, ReportedOn: r.ReportedOn, NFit: r.NFit, NValid: r.NValid, NTrain: r.NFinal, NTest: r.NTest,
		ValidAccuracy: r.ValidAccuracy, TestAccuracy: r.TestAccuracy, TestCI95: r.TestCI95, Classes: classes, Warnings: r.Warnings,
	}
	for _, t := range r.Tried {
		s.TriedAccuracies = append(s.TriedAccuracies, t.ValidAccuracy)
	}
	return s
}

// Kind is "supervised".
func (s *Summary) Kind() string { return "supervised" }

// Measurements are the accuracies of the final fit on the test images and of the best
// trial on the validation images.
func (s *Summary) Measurements() []measure.Measurement {
	on := s.SelectedOn
	return []measure.Measurement{
		{Name: measure.TestAccuracy, Value: s.TestAccuracy, CI95: measure.Interval(s.TestCI95, s.TestAccuracy), Cases: s.NTest,
			Unit: measure.Images, Better: measure.Higher, SelectedOn: &on, ReportedOn: s.ReportedOn},
		{Name: measure.ValidAccuracy, Value: s.ValidAccuracy, Cases: s.NValid, Unit: measure.Images, Better: measure.Higher,
			SelectedOn: &on, ReportedOn: on.On},
	}
}
