package nearest

import (
	"fmt"
	"math"

	"repbench/eval/memorisation/faults"
)

// Near are the K nearest training rows of each query (a generated or a held-out image), those
// of query i from i·K on: nearest first, equal distances by row.
type Near struct {
	// K is the number of neighbours of a query.
	K int
	// Rows are the training rows, Distances their distances from the query, in the units of
	// the metric; both have one element for each query and neighbour.
	Rows []int32
	// Distances ascend within a query; none is negative.
	Distances []float64
}

// N is the number of queries.
func (n Near) N() int {
	if n.K <= 0 {
		return 0
	}
	return len(n.Distances) / n.K
}

// Nearest returns the nearest training row of query i and its distance.
func (n Near) Nearest(i int) (row int32, distance float64) { return n.Rows[i*n.K], n.Distances[i*n.K] }

// Of returns the distances of query i, ascending.
func (n Near) Of(i int) []float64 { return n.Distances[i*n.K : (i+1)*n.K] }

// First returns the distances of the nearest training rows, one for each query.
func (n Near) First() []float64 {
	d := make([]float64, n.N())
	for i := range d {
		d[i] = n.Distances[i*n.K]
	}
	return d
}

// Validate checks the list against the number of training rows.
func (n Near) Validate(trainRows int) error {
	switch {
	case n.K < 1:
		return fmt.Errorf("%d neighbours a query: %w", n.K, faults.ErrNeighbours)
	case len(n.Rows) != len(n.Distances) || len(n.Rows)%n.K != 0:
		return fmt.Errorf("%d rows and %d distances, with %d neighbours a query: %w", len(n.Rows), len(n.Distances), n.K, faults.ErrNeighbours)
	}
	for i, row := range n.Rows {
		d, query := n.Distances[i], i/n.K
		switch {
		case row < 0 || int(row) >= trainRows:
			return fmt.Errorf("query %d has the neighbour %d of %d training rows: %w", query, row, trainRows, faults.ErrNeighbours)
		case math.IsNaN(d) || math.IsInf(d, 0):
			return fmt.Errorf("query %d is at the distance %v from training row %d: %w", query, d, row, faults.ErrNotFinite)
		case d < 0:
			return fmt.Errorf("query %d is at the distance %v from training row %d: %w", query, d, row, faults.ErrNeighbours)
		case i%n.K > 0 && d < n.Distances[i-1]:
			return fmt.Errorf("the distances of query %d do not ascend: %v before %v: %w", query, n.Distances[i-1], d, faults.ErrNeighbours)
		}
	}
	return nil
}

// TrainNear holds the distances of training rows from their own nearest training rows,
// themselves left out. Only the rows that are nearest to some query are needed.
type TrainNear struct {
	// K is the number of distances of a row.
	K int
	// Distances are the K distances of a training row, ascending, by row.
	Distances map[int32][]float64
}

// of returns the distances of a training row.
func (t TrainNear) of(row int32, need int) ([]float64, error) {
	d, ok := t.Distances[row]
	if !ok || len(d) < need {
		return nil, fmt.Errorf("training row %d has %d distances from other training rows; the score needs %d: %w", row, len(d), need, faults.ErrNeighbours)
	}
	return d[:need], nil
}
