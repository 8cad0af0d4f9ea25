package eval

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// CostErrors are the rows that the draws of a cost got wrong, draw after draw.
type CostErrors struct {
	C           float64 `json:"C"`            // cost
	TrainErrors []int   `json:"train_errors"` // of the rows that were fitted on
	ValidErrors []int   `json:"valid_errors"` // of the rows that C is chosen on
}

// DrawErrors are the rows that the reported draws got wrong, draw after draw, and what
// they come to.
type DrawErrors struct {
	TrainErrors []int `json:"train_errors"` // of the rows that were fitted on
	// ValidErrors are those of the rows that C is chosen on; nil where there are none.
	ValidErrors []int      `json:"valid_errors,omitempty"`
	TestErrors  []int      `json:"test_errors"`     // of the test split
	Train       ErrorRate  `json:"train"`           // summary of TrainErrors
	Valid       *ErrorRate `json:"valid,omitempty"` // summary of ValidErrors
	Test        ErrorRate  `json:"test"`            // summary of TestErrors
}

// ErrorRate is the share of wrong rows over draws.
type ErrorRate struct {
	Rows int     `json:"rows"`       // rows of each draw; the mean where draws differ
	Mean float64 `json:"mean_error"` // fraction
	// Spread95 is 1.96 standard deviations over the draws, divided by n - 1, Spread95N
	// the same divided by n, as the released code has it.
	Spread95  float64 `json:"spread95"`
	Spread95N float64 `json:"spread95_n"`
}

// errorRate summarises the wrong rows of draws; rows holds the number of rows of each
// draw, or one number for all.
func errorRate(wrong, rows []int) ErrorRate {
	shares := make([]float64, len(wrong))
	sum := 0
	for i, n := range wrong {
		of := rows[min(i, len(rows)-1)]
		shares[i] = float64(n) / float64(of)
		sum += of
	}
	m := moments(shares)
	return ErrorRate{
		Rows: sum / len(wrong), Mean: m.mean, Spread95: 1.96 * m.deviation, Spread95N: 1.96 * populationDeviation(shares),
	}
}

// populationDeviation is the standard deviation with the sum of squares divided by n.
func populationDeviation(values []float64) float64 { return math.Sqrt(stat.PopVariance(values, nil)) }

// summarise fills in what the counts come to; rows are those of each draw that was
// fitted on.
func (e *DrawErrors) summarise(rows []int, valid, test int) {
	e.Train, e.Test = errorRate(e.TrainErrors, rows), errorRate(e.TestErrors, []int{test})
	if len(e.ValidErrors) > 0 {
		r := errorRate(e.ValidErrors, []int{valid})
		e.Valid = &r
	}
}

// wrongOf is the number of wrong rows in all.
func (c CostErrors) wrongOf() int {
	n := 0
	for _, e := range c.ValidErrors {
		n += e
	}
	return n
}
