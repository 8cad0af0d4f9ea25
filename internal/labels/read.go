package labels

import (
	"errors"
	"fmt"
	"math"

	"repbench/internal/npy"
)

// Read returns one label per row from a NumPy file of whole numbers, N or N×1.
func Read(path string) ([]int32, error) {
	shape, y, err := ReadArray(path)
	if err != nil {
		return nil, err
	}
	if len(shape) == 0 || !list(shape) {
		return nil, fmt.Errorf("%s has shape %v, want one label per row: of rows with a 1 at their class take y.argmax(axis=1)", path, shape)
	}
	return y, nil
}

// list reports whether at most one dimension is longer than 1.
func list(shape []int) bool {
	long := 0
	for _, d := range shape {
		if d != 1 {
			long++
		}
	}
	return long <= 1
}

// ReadArray returns the shape and the labels of a NumPy file of whole numbers of any type,
// including bool. It checks only that the labels fit int32.
func ReadArray(path string) (shape []int, y []int32, err error) {
	shape, wide, err := npy.ReadIntegers(path)
	if err != nil {
		return nil, nil, explain(path, err)
	}
	y = make([]int32, len(wide))
	for i, v := range wide {
		if v < math.MinInt32 || v > math.MaxInt32 {
			return nil, nil, fmt.Errorf("%s: element %d is %d, larger than a label can be: %w", path, i, v, mistake(wide))
		}
		y[i] = int32(v)
	}
	return shape, y, nil
}

// explain adds the remedy for labels that are not numbers, or are too large.
func explain(path string, err error) error {
	var t *npy.TypeError
	switch {
	case errors.As(err, &t) && t.Text():
		return fmt.Errorf("%s holds labels as text (dtype %q), want numbers 0 … K-1: with y = np.load(file, allow_pickle=True).astype(str) %s (%s)", path, t.Descr, number, others)
	case errors.Is(err, npy.ErrRange):
		return fmt.Errorf("%w: labels must be 0 … K-1: %s (%s)", err, number, others)
	}
	return err
}
