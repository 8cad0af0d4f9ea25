package matrix

import "errors"

// Errors that a caller may want to tell apart; they come wrapped in one that
// names the row, class or option.
var (
	// ErrNotFinite: a feature is NaN or infinite, or so large that its square is.
	ErrNotFinite = errors.New("features must be finite")
	// ErrLabel: a label lies outside 0 … K-1.
	ErrLabel = errors.New("label out of range")
	// ErrClassAbsent: a class has no row to fit on.
	ErrClassAbsent = errors.New("class without a row")
	// ErrShape: the sizes of matrices and label lists do not fit together.
	ErrShape = errors.New("sizes do not fit")
	// ErrSameRows: one split was given as two.
	ErrSameRows = errors.New("two splits are the same")
)
