package eval

import (
	"repbench/eval/linear"
	"repbench/internal/measure"
)

// GridPoint is the validation accuracy at one C.
type GridPoint struct {
	C        float64  `json:"C"`                   // cost
	Accuracy float64  `json:"valid_accuracy"`      // fraction of the validation rows that are right
	CI95     Interval `json:"valid_accuracy_ci95"` // its 95 % Wilson interval
}

// LinearScore is what a fit on one range of columns gave. Accuracies are
// fractions.
type LinearScore struct {
	// C is the cost of the fit; Grid says how it was chosen, if it was.
	C    float64     `json:"C"`
	Grid []GridPoint `json:"grid,omitempty"` // one point per C, in ascending order

	TrainAccuracy float64 `json:"train_accuracy"` // fraction of the training rows
	TestAccuracy  float64 `json:"test_accuracy"`  // fraction of the test rows
	// TestCI95 is the Wilson interval of the test accuracy: the variance of the
	// test sample, not of training or seed.
	TestCI95 Interval `json:"test_accuracy_ci95"`
	Shares

	Objective         float64   `json:"objective"`           // sum over classes, dimensionless
	ObjectivePerClass []float64 `json:"objective_per_class"` // [K], in the order of the classes
	DualityGap        float64   `json:"duality_gap"`         // largest over classes, at least 0
	Iterations        int       `json:"iterations"`          // Newton or L-BFGS steps
	Converged         bool      `json:"converged"`           // whether every class is within the tolerance
	// Products says what made the products with the matrix: "simd", or "device"
	// and which; "" in records from before there were two.
	Products measure.Products `json:"products,omitzero"`

	Dim int `json:"dim"` // number of features
	// FitSeconds is the time of the last fit, SelectSeconds that of choosing C.
	FitSeconds    float64 `json:"fit_seconds"`
	SelectSeconds float64 `json:"select_seconds"` // 0 if C was fixed
}

// LayerScore is the LinearScore of one layer.
type LayerScore struct {
	Name    string `json:"name"`    // name of the layer
	Columns [2]int `json:"columns"` // [lo, hi) of the feature matrix
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
	SelectedOn measure.Selection `json:"selected_on"`      // on what C was chosen
	ReportedOn string            `json:"reported_on"`      // "test"
	Layers     []LayerScore      `json:"layers,omitempty"` // one per layer, if asked for
	Classes    []string          `json:"classes"`          // [K] names
	// Confusion counts test rows, rows by true and columns by predicted class.
	Confusion [][]int `json:"confusion"`
	// Mistakes are the wrong test rows of largest margin, at most 20.
	Mistakes     []Mistake `json:"mistakes,omitempty"`
	NTrain       int       `json:"n_train"`        // rows of the final fit
	NTest        int       `json:"n_test"`         // test rows
	Seed         uint64    `json:"seed"`           // of held-out rows, folds and the preconditioner
	PeakRSSBytes int64     `json:"peak_rss_bytes"` // bytes; 0 if the system does not say
	Warnings     []string  `json:"warnings"`       // sentences for the reader

	// Model and Predicted are the last fit and its classes of the test rows.
	Model     *linear.Model `json:"-"`
	Predicted []int32       `json:"-"` // [NTest], 0 … K-1
	// Correct says of each test row, in their order, whether its class was found.
	Correct []bool `json:"-"`
	// Stages are what it took, in their order.
	Stages []Stage `json:"-"`
}

// Stage is a part of an evaluation: "select", "fit" or "report".
type Stage struct {
	Name    string  // "select", "fit" or "report"
	Seconds float64 // wall time
	// PeakRSSBytes is the highest memory of the process up to the end of the
	// stage; 0 where the system does not say.
	PeakRSSBytes int64
}

// Mistake is a test row that was given a wrong class.
type Mistake struct {
	Row       int   `json:"row"`       // index in the test split, from 0
	Truth     int32 `json:"truth"`     // true class
	Predicted int32 `json:"predicted"` // predicted class
	// Margin is the score of the predicted class minus that of the true one.
	Margin float64 `json:"margin"`
	// ID names the image, PNG is the picture itself; both where they are known.
	ID  string `json:"id,omitempty"`
	PNG []byte `json:"png,omitempty"` // encoded image
}
