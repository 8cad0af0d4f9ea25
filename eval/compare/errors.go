package compare

import (
	"errors"
	"fmt"
)

// Errors that a caller may want to tell apart; they come wrapped in one that
// names the list or the option.
var (
	// ErrShape: predictions and labels are not lists of one length, or empty.
	ErrShape = errors.New("predictions and labels do not fit together")
	// ErrSeeds: too few seeds for a variance between them.
	ErrSeeds = errors.New("need the predictions of at least two seeds")
	// ErrOption: an option lies outside its range.
	ErrOption = errors.New("option out of range")
	// ErrSame: one file was given for two.
	ErrSame = errors.New("are the same file")
)

// fits says what is wrong with the length of a list of predictions, or nil.
func fits(name string, predicted, truth []int32) error {
	if len(truth) == 0 {
		return fmt.Errorf("compare: no test rows: %w", ErrShape)
	}
	if len(predicted) != len(truth) {
		return fmt.Errorf("compare: %s has %d predictions for %d labels; were they made on the same test split? %w", name, len(predicted), len(truth), ErrShape)
	}
	return nil
}
