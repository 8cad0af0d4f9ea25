package eval

import "fmt"

import "repbench/internal/measure"

// FewShotResult is the outcome of a protocol that fits on few labels per class,
// drawn several times. Accuracies are fractions of the test split.
type FewShotResult struct {
	// Protocol is "few-shot", "svhn-1000" or "cifar10-400".
	Protocol string `json:"protocol"`
	// Classifier is "svm" or "softmax"; "" means svm.
	Classifier string `json:"classifier,omitempty"`
	FewShotScore
	SelectedOn measure.Selection `json:"selected_on"`      // on what C was chosen
	ReportedOn string            `json:"reported_on"`      // "test"
	Layers     []FewShotLayer    `json:"layers,omitempty"` // one per layer, if asked for
	Classes    []string          `json:"classes"`          // [K] names
	// NTrain are the rows that labels were drawn from, NSetAside the rows of the
	// training split that they were not drawn from. Records of one encoder are paired
	// with another's where both are equal, and the seed.
	NTrain    int `json:"n_train"`
	NSetAside int `json:"n_set_aside"` // rows
	NTest     int `json:"n_test"`      // test rows
	// Drawn says which rows were drawn: "" by the seed, "released" as the released code
	// draws them, "given, SHA-256 …" those that were listed.
	Drawn        string   `json:"drawn,omitempty"`
	Seed         uint64   `json:"seed"`           // of the draws
	PeakRSSBytes int64    `json:"peak_rss_bytes"` // bytes; 0 if the system does not say
	Warnings     []string `json:"warnings"`       // sentences for the reader

	// Stages are what it took, in their order; the memory is that at the end.
	Stages []Stage `json:"-"`
}

// PerClass is the number of labels per class in words: "10", or "4 to 18" where classes differ.
func (s FewShotScore) PerClass() string {
	if s.LabelsMost > s.LabelsPerClass {
		return fmt.Sprintf("%d to %d", s.LabelsPerClass, s.LabelsMost)
	}
	return fmt.Sprint(s.LabelsPerClass)
}

// FewShotScore is what the draws gave on one range of columns.
type FewShotScore struct {
	LabelsPerClass int `json:"labels_per_class"`                // labels per class in each draw
	LabelsMost     int `json:"labels_per_class_most,omitempty"` // most labels of a class, where classes have different numbers and LabelsPerClass is the fewest
	Draws          int `json:"draws"`                           // number of draws
	RowsPerDraw    int `json:"rows_per_draw,omitempty"`         // rows of a draw; 0 in older records
	// C is the cost of all fits; Grid says how it was chosen, if it was.
	C    float64     `json:"C"`
	Grid []GridPoint `json:"grid,omitempty"` // one point per C, in ascending order
	// Accuracies are those of the draws, in their order.
	Accuracies []float64 `json:"test_accuracies"`
	Mean       float64   `json:"test_accuracy"` // mean of Accuracies
	// StdDev is the sample standard deviation over the draws, StdError that of
	// their mean. CI95 is for the mean over draws (Student's t), Spread95 the
	// mean ± 1.96 standard deviations, which is what the DCGAN paper prints.
	// StdDevN divides by n where StdDev divides by n - 1, as the released code does; 0 in
	// older records.
	StdDev   float64  `json:"std_dev"`
	StdDevN  float64  `json:"std_dev_n,omitempty"`
	StdError float64  `json:"std_error"`              // StdDev / √Draws
	CI95     Interval `json:"test_accuracy_ci95"`     // of the mean
	Spread95 Interval `json:"test_accuracy_spread95"` // of single draws

	// Select are the wrong rows of the draws to choose C on, Report those of the reported
	// draws; nil in older records.
	Select []CostErrors `json:"select,omitempty"`
	Report *DrawErrors  `json:"report,omitempty"`

	Dim           int     `json:"dim"`            // number of features
	Converged     bool    `json:"converged"`      // whether every fit is within the tolerance
	FitSeconds    float64 `json:"fit_seconds"`    // wall time of the reported fits
	SelectSeconds float64 `json:"select_seconds"` // wall time of choosing C
}

// FewShotLayer is the FewShotScore of one layer.
type FewShotLayer struct {
	Name    string `json:"name"`    // name of the layer
	Columns [2]int `json:"columns"` // [lo, hi) of the feature matrix
	FewShotScore
}
