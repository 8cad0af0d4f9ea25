package compare

import (
	"errors"
	"fmt"
)

// Errors that callers may want to distinguish; the returned errors wrap them and name the list
// or the option.
var (
	// ErrShape reports predictions and labels that are empty or differ in length.
	ErrShape = errors.New("predictions and labels do not fit together")
	// ErrSeeds reports too few seeds for a variance between seeds.
	ErrSeeds = errors.New("need the predictions of at least two seeds")
	// ErrOption reports an option outside its range.
	ErrOption = errors.New("option out of range")
	// ErrSame reports that one file was given twice.
	ErrSame = errors.New("are the same file")
)

// fits returns an error if a list of predictions has the wrong length.
func fits(name string, predicted, truth []int32) error {
	if len(truth) == 0 {
		return fmt.Errorf("no test rows: %w", ErrShape)
	}
	if len(predicted) != len(truth) {
		return fmt.Errorf("%s has %d predictions for %d labels; were they made on the same test split? %w", name, len(predicted), len(truth), ErrShape)
	}
	return nil
}
