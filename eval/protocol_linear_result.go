package eval

import (
	"repbench/eval/linear"
	"repbench/internal/measure"
)

// GridPoint is the validation accuracy at one C.
type GridPoint struct {
	C        float64  `json:"C"`
	Accuracy float64  `json:"valid_accuracy"`
	CI95     Interval `json:"valid_accuracy_ci95"`
}

// LinearScore is what a fit on one range of columns gave. Accuracies are
// fractions.
type LinearScore struct {
	// C is the cost of the fit; Grid says how it was chosen, if it was.
	C    float64     `json:"C"`
	Grid []GridPoint `json:"grid,omitempty"`

	TrainAccuracy float64 `json:"train_accuracy"`
	TestAccuracy  float64 `json:"test_accuracy"`
	// TestCI95 is the Wilson interval of the test accuracy: the variance of the
	// test sample, not of training or seed.
	TestCI95 Interval `json:"test_accuracy_ci95"`

	Objective         float64   `json:"objective"`
	ObjectivePerClass []float64 `json:"objective_per_class"`
	DualityGap        float64   `json:"duality_gap"`
	Iterations        int       `json:"iterations"`
	Converged         bool      `json:"converged"`
	// Products says what made the products with the matrix: "simd", or "device"
	// and which; "" in records from before there were two.
	Products measure.Products `json:"products,omitzero"`

	Dim int `json:"dim"`
	// FitSeconds is the time of the last fit, SelectSeconds that of choosing C.
	FitSeconds    float64 `json:"fit_seconds"`
	SelectSeconds float64 `json:"select_seconds"`
}

// LayerScore is the LinearScore of one layer.
type LayerScore struct {
	Name    string `json:"name"`
	Columns [2]int `json:"columns"`
	LinearScore
}

// LinearResult is the outcome of Linear; its JSON is what `eval linear` prints.
type LinearResult struct {
	Protocol string `json:"protocol"` // "linear"
	// Classifier is "svm" or "softmax"; "" in records from before there were two.
	Classifier string `json:"classifier,omitempty"`
	LinearScore
	// Layer names the columns of the result where they were chosen among Layers.
	Layer      string            `json:"layer,omitempty"`
	SelectedOn measure.Selection `json:"selected_on"`
	ReportedOn string            `json:"reported_on"` // "test"
	Layers     []LayerScore      `json:"layers,omitempty"`
	Classes    []string          `json:"classes"`
	// Confusion counts test rows, rows by true and columns by predicted class.
	Confusion [][]int `json:"confusion"`
	// Mistakes are the wrong test rows of largest margin, at most 20.
	Mistakes     []Mistake `json:"mistakes,omitempty"`
	NTrain       int       `json:"n_train"`
	NTest        int       `json:"n_test"`
	Seed         uint64    `json:"seed"`
	PeakRSSBytes int64     `json:"peak_rss_bytes"`
	Warnings     []string  `json:"warnings"`

	// Model and Predicted are the last fit and its classes of the test rows.
	Model     *linear.Model `json:"-"`
	Predicted []int32       `json:"-"`
	// Stages are what it took, in their order.
	Stages []Stage `json:"-"`
}

// Stage is a part of an evaluation: "select", "fit" or "report".
type Stage struct {
	Name    string
	Seconds float64
	// PeakRSSBytes is the highest memory of the process up to the end of the
	// stage; 0 where the system does not say.
	PeakRSSBytes int64
}

// Mistake is a test row that was given a wrong class.
type Mistake struct {
	Row       int   `json:"row"`
	Truth     int32 `json:"truth"`
	Predicted int32 `json:"predicted"`
	// Margin is the score of the predicted class minus that of the true one.
	Margin float64 `json:"margin"`
	// ID names the image, PNG is the picture itself; both where they are known.
	ID  string `json:"id,omitempty"`
	PNG []byte `json:"png,omitempty"`
}
