package nnc

import (
	"fmt"

	"repbench/internal/measure"
)

// Kind is the kind of a Result.
const Kind = "nnc"

// Result is a classification of test images by their nearest generated image, beside that by real
// images.
type Result struct {
	// Results are the points asked for.
	Results []Point `json:"results"`
	// Real are points of training images in place of generated ones.
	Real []RealPoint `json:"real"`
	// Samples names where the samples come from, Checkpoint which checkpoint of a run.
	Samples    string `json:"samples"`
	Checkpoint string `json:"checkpoint,omitempty"`
	// Steps is the number of updates of the generator; 0: not known.
	Steps int64 `json:"steps,omitempty"`
	// EpochsOfD is the number of passes of the discriminator over its training images; 0: not known.
	EpochsOfD float64 `json:"epochs_of_d,omitempty"`
	// Test is the number of test images, Split what they are called.
	Test  int    `json:"test"`
	Split string `json:"split"`
	// Classes are the names of the classes.
	Classes []string `json:"classes"`
	// Bytes says that pixels were compared as bytes.
	Bytes bool `json:"bytes,omitempty"`
	// Backend names the backend that generated the samples.
	Backend string `json:"backend,omitempty"`
	// Warnings are for people.
	Warnings []string `json:"warnings,omitempty"`
	// Seconds is the time that the search took, PeakRSSBytes the memory of the process.
	Seconds      float64 `json:"seconds"`
	PeakRSSBytes int64   `json:"peak_rss_bytes,omitempty"`
}

// RealPoint is a point of real images.
type RealPoint struct {
	// Rows says which training images: RowsAll, RowsFirst or RowsReleased.
	Rows string `json:"rows"`
	Point
}

// Which training images a RealPoint is of.
const (
	// RowsAll are all of them.
	RowsAll = "all"
	// RowsFirst are the first ones of the file.
	RowsFirst = "first"
	// RowsReleased are the first ones in the order of the released code, which trains on them.
	RowsReleased = "released"
)

// Kind implements record.Result.
func (*Result) Kind() string { return Kind }

// Measurements implements record.Result: the error of each number of samples.
func (r *Result) Measurements() []measure.Measurement {
	var out []measure.Measurement
	for _, p := range r.Results {
		ci := [2]float64(p.CI95)
		out = append(out, measure.Measurement{
			Name: fmt.Sprintf("nnc_error_%d", p.N), Value: p.Error, CI95: &ci, Cases: r.Test, Unit: measure.Images,
			Better: measure.Lower, ReportedOn: r.Split,
		}, measure.Measurement{Name: fmt.Sprintf("nnd_%d", p.N), Value: p.NND, Cases: r.Test, Unit: measure.Images, ReportedOn: r.Split})
	}
	return out
}

// PaperRow is a row of the paper's table: the test error on MNIST of the nearest of some samples.
type PaperRow struct {
	// Name is what the samples are.
	Name string `json:"name"`
	// Error50k and Error10M are the shares with 50,000 and with 10 million samples; 0: not given.
	Error50k float64 `json:"error_50k,omitempty"`
	Error10M float64 `json:"error_10m,omitempty"`
}

// Paper are the rows of the table on MNIST. That of real data is reached with all 60,000 training
// images.
func Paper() []PaperRow {
	return []PaperRow{
		{Name: "AlignMNIST", Error10M: 0.014}, {Name: "InfiMNIST", Error10M: 0.026}, {Name: "real data", Error50k: 0.031},
		{Name: "GAN (permutation invariant)", Error50k: 0.0628, Error10M: 0.0565}, {Name: "DCGAN", Error50k: 0.0298, Error10M: 0.0148},
	}
}
