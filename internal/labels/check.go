package labels

import (
	"fmt"
	"slices"
)

// number is the NumPy expression that numbers the classes of labels y with any values.
const number = "use np.unique(y, return_inverse=True)[1]"

// others completes number for the labels of other splits.
const others = "for the labels t of other splits np.searchsorted(np.unique(y), t)"

// integer is a type of labels.
type integer interface{ ~int32 | ~int64 }

// Count returns the number of classes K of labels that are 0 … K-1, each with at least one row.
// Its memory is proportional to the length of the list. For other labels it returns an error
// that describes them and the NumPy expression that corrects them.
func Count[T integer](y []T) (int, error) {
	rows := make([]bool, len(y))
	classes := 0
	for _, v := range y {
		if v < 0 || int64(v) >= int64(len(y)) {
			return 0, mistake(y)
		}
		if !rows[v] {
			rows[v] = true
			classes++
		}
	}
	for _, there := range rows[:classes] {
		if !there {
			return 0, mistake(y)
		}
	}
	return classes, nil
}

// Within returns an error if a label is not one of 0 … classes-1. The error names the row, and
// says how to number the labels of two splits alike.
func Within[T integer](y []T, classes int) error {
	for i, v := range y {
		if v >= 0 && int64(v) < int64(classes) {
			continue
		}
		text := fmt.Sprintf("label %d of row %d, with %d classes: the labels of all splits are 0 … %d", v, i, classes, classes-1)
		if slices.Min(y) == 1 && int64(slices.Max(y)) == int64(classes) {
			return fmt.Errorf("%s; these are 1 … %d: use y - 1", text, classes)
		}
		return fmt.Errorf("%s; leave out the rows of other classes, or number all splits alike: with the labels y of the train split, t of this one, np.unique(y, return_inverse=True)[1] and np.searchsorted(np.unique(y), t)", text)
	}
	return nil
}

// mistake describes the labels that Count refuses.
func mistake[T integer](y []T) error {
	values := slices.Clone(y)
	slices.Sort(values)
	values = slices.Compact(values)
	low, high := values[0], values[len(values)-1]
	const want = "labels must be 0 … K-1"
	switch {
	case low == -1 && len(values) > 2:
		return fmt.Errorf("%s; row %d has -1: leave out the rows without a class, x[y >= 0] and y[y >= 0]", want, slices.Index(y, -1))
	case low == 1 && int64(high) == int64(len(values)):
		return fmt.Errorf("%s; these are 1 … %d: use y - 1 (in every split)", want, high)
	case low < 0:
		return fmt.Errorf("%s; these are %s from %d to %d: %s (%s)", want, several(len(values)), low, high, number, others)
	}
	return fmt.Errorf("%s; these are %s up to %d: %s (%s)", want, several(len(values)), high, number, others)
}

// several counts values.
func several(n int) string {
	if n == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d values", n)
}
