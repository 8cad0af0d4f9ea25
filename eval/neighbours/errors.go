package neighbours

import "errors"

// Errors that a caller may want to tell apart, beside matrix.ErrNotFinite and
// matrix.ErrShape.
var (
	// ErrZeroRow: a row of zeros where rows are divided by their norms.
	ErrZeroRow = errors.New("row of zeros")
	// ErrK: more neighbours are asked for than there are rows.
	ErrK = errors.New("too few rows for k")
)
