package results

import (
	"errors"
	"fmt"
	"math"

	"repbench/eval"
)

// Limits of what is read, far above any real use, so that a wrong or hostile
// file is an error and not a machine out of memory.
const (
	MaxClasses  = 2_000
	maxDraws    = 100_000
	MaxMistakes = 100
	MaxPNGBytes = 64 << 10 // one picture of a mistake
	maxPNGSide  = 128      // pixels
)

// checkClasses accepts as many names of classes as can be reported.
func checkClasses(names []string) error {
	if len(names) > MaxClasses {
		return fmt.Errorf("%d classes; at most %d can be reported", len(names), MaxClasses)
	}
	return nil
}

func checkGrid(grid []eval.GridPoint) error {
	var err error
	for i, g := range grid {
		err = errors.Join(err, prefix(fmt.Sprintf("grid[%d]: ", i), errors.Join(
			positive("C", g.C), fraction("valid_accuracy", g.Accuracy), interval("valid_accuracy_ci95", g.CI95))))
	}
	return err
}

// checkConfusion accepts no matrix, or one of K×K counts for K classes.
func checkConfusion(m [][]int, classes []string) error {
	k := len(m)
	if k == 0 {
		return nil
	}
	if k > MaxClasses {
		return fmt.Errorf("confusion has %d classes; at most %d can be reported", k, MaxClasses)
	}
	if len(classes) != 0 && len(classes) != k {
		return fmt.Errorf("confusion has %d rows for %d classes", k, len(classes))
	}
	for i, row := range m {
		if len(row) != k {
			return fmt.Errorf("confusion row %d has %d columns; it needs %d", i, len(row), k)
		}
		for _, v := range row {
			if v < 0 || v > math.MaxInt32 {
				return fmt.Errorf("confusion row %d holds the count %d", i, v)
			}
		}
	}
	return nil
}

func counts(nTrain, nTest, dim int) error {
	if nTrain < 0 || nTest < 0 || dim < 0 {
		return errors.New("n_train, n_test and dim must not be negative")
	}
	return nil
}

// fraction accepts NaN, which stands for "not known".
func fraction(name string, v float64) error {
	if v < 0 || v > 1 {
		return fmt.Errorf("%s is %v; it must be a fraction in [0, 1]", name, v)
	}
	return nil
}

func positive(name string, v float64) error {
	if v <= 0 || math.IsInf(v, 0) {
		return fmt.Errorf("%s is %v; it must be above 0", name, v)
	}
	return nil
}

func atLeast1(name string, v int) error {
	if v < 1 {
		return fmt.Errorf("%s is %d; it must be at least 1", name, v)
	}
	return nil
}

// interval accepts two fractions in order.
func interval(name string, i eval.Interval) error {
	return errors.Join(fraction(name+"[0]", i[0]), fraction(name+"[1]", i[1]), ordered(name, i))
}

func ordered(name string, i eval.Interval) error {
	if i[0] > i[1] || math.IsInf(i[0], 0) || math.IsInf(i[1], 0) {
		return fmt.Errorf("%s is [%v, %v]; its ends are swapped or have no end", name, i[0], i[1])
	}
	return nil
}

func prefix(p string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s%w", p, err)
}
