package faults

import "errors"

var (
	// ErrNeighbours: a list of neighbours is not one of k ascending distances for each query.
	ErrNeighbours = errors.New("not a list of nearest neighbours")
	// ErrFewRows: there are fewer images or rows than a statistic needs.
	ErrFewRows = errors.New("too few rows")
	// ErrNotFinite: a score or a distance is NaN or infinite.
	ErrNotFinite = errors.New("not a finite number")
	// ErrCells: the cells of C_T do not allow the statistic.
	ErrCells = errors.New("cells without enough rows")
)
