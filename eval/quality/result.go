package quality

import (
	"math"

	"repbench/eval/quality/metric"
	"repbench/internal/measure"
)

// Result holds the numbers of one comparison of generated with real rows.
type Result struct {
	// Metrics are the numbers by name, see Names.
	Metrics map[string]Number `json:"metrics"`
	// RealRows, GeneratedRows and TestRows are the sizes of the sets; TestRows is 0 where
	// no second real sample was given.
	RealRows      int `json:"real_rows"`
	GeneratedRows int `json:"generated_rows"`
	TestRows      int `json:"test_rows"`
	// Dim is the number of features of a row.
	Dim int `json:"dim"`
	// FloorRows are the numbers of rows of the two real samples behind the floors, the
	// first in the place of the real set, the second in the place of the generated set.
	FloorRows [2]int `json:"floor_rows"`
	// Halves is the number of random halves behind each standard deviation; 0: none.
	Halves int `json:"halves"`
	// Seed drew halves, subsets, directions and permutations.
	Seed uint64 `json:"seed"`
	// Seconds is the time that all metrics took.
	Seconds float64 `json:"seconds"`
	// PeakRSSBytes is the largest memory of the process; 0 where the system does not tell.
	PeakRSSBytes int64 `json:"peak_rss_bytes"`
	// Warnings say what holds for all numbers.
	Warnings []string `json:"warnings"`
}

// Number is one metric with what is needed to read it.
type Number struct {
	// Value is the metric on all rows.
	Value float64 `json:"value"`
	// SD is the standard deviation over random halves of both sets; nil: no halves were
	// drawn.
	SD *float64 `json:"sd"`
	// CI95 is the interval Value ± 1.96 SD; nil: no halves were drawn.
	CI95 *[2]float64 `json:"ci95"`
	// Floor is the metric between two real samples; nil: it could not be computed, and a
	// warning says why.
	Floor *float64 `json:"floor"`
	// Convention says how the value is defined: settings, and the program they are of.
	Convention string `json:"convention"`
	// Warnings say what is odd about the value.
	Warnings []string `json:"warnings"`
	// Seconds is the time that the value took, with the numbers that are computed with it,
	// without halves computed one by one and the floor.
	Seconds float64 `json:"seconds"`
	// Parts are further numbers of the metric by name: terms of a sum, standard errors,
	// accuracies.
	Parts map[string]float64 `json:"parts,omitempty"`
}

// interval sets SD and CI95.
func (n *Number) interval(sd float64) {
	n.SD = &sd
	n.CI95 = &[2]float64{n.Value - 1.96*sd, n.Value + 1.96*sd}
}

// Kind is the constant Kind.
func (r *Result) Kind() string { return Kind }

// Measurements are the numbers in the order of Names.
func (r *Result) Measurements() []measure.Measurement {
	var out []measure.Measurement
	for _, name := range metric.Names() {
		n, found := r.Metrics[name]
		if !found || math.IsNaN(n.Value) || math.IsInf(n.Value, 0) {
			continue
		}
		out = append(out, measure.Measurement{Name: name, Value: n.Value, CI95: n.CI95, Cases: r.GeneratedRows,
			Unit: measure.Images, Better: metric.Better(name)})
	}
	return out
}
