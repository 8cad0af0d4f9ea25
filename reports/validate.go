package reports

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// validate says what is wrong with a record that would make a report lie or
// break. What is merely unusual passes.
func (r Record) validate() error {
	if strings.TrimSpace(r.ID) == "" {
		return errors.New(`a record needs an "id"`)
	}
	if len(r.ID) > 512 {
		return fmt.Errorf(`the "id" has %d bytes; at most 512 are allowed`, len(r.ID))
	}
	switch r.Kind {
	case Linear:
		if r.Linear == nil || r.Training != nil {
			return fmt.Errorf(`record %q of kind %q must hold "linear" and nothing else`, r.ID, r.Kind)
		}
		if err := validateLinear(r.outcome()); err != nil {
			return fmt.Errorf("record %q: %w", r.ID, err)
		}
	case Training:
		if r.Training == nil || r.Linear != nil {
			return fmt.Errorf(`record %q of kind %q must hold "training" and nothing else`, r.ID, r.Kind)
		}
	default:
		return fmt.Errorf("record %q has the kind %q; this version knows %q and %q", r.ID, r.Kind, Linear, Training)
	}
	return nil
}

func validateLinear(l outcome) error {
	err := errors.Join(
		fraction("test_accuracy", l.test),
		fraction("train_accuracy", l.train),
		interval("test_accuracy_ci95", l.testLo, l.testHi),
		positive("C", l.c),
	)
	for i, y := range l.layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), errors.Join(
			fraction("test_accuracy", y.test), interval("test_accuracy_ci95", y.lo, y.hi))))
	}
	for i, g := range l.grid {
		err = errors.Join(err, prefix(fmt.Sprintf("grid[%d]: ", i), errors.Join(
			positive("C", g.c), fraction("valid_accuracy", g.value), interval("valid_accuracy_ci95", g.lo, g.hi))))
	}
	if l.nTrain < 0 || l.nTest < 0 || l.dim < 0 {
		err = errors.Join(err, errors.New("n_train, n_test and dim must not be negative"))
	}
	return errors.Join(err, validateConfusion(l.confusion, l.classes))
}

// validateConfusion accepts no matrix, or one of K×K counts for K classes.
func validateConfusion(m [][]int, classes []string) error {
	k := len(m)
	if k == 0 {
		return nil
	}
	if k > maxClasses {
		return fmt.Errorf("confusion has %d classes; at most %d can be reported", k, maxClasses)
	}
	if len(classes) != 0 && len(classes) != k {
		return fmt.Errorf("confusion has %d rows for %d classes", k, len(classes))
	}
	for i, row := range m {
		if len(row) != k {
			return fmt.Errorf("confusion row %d has %d columns; it needs %d", i, len(row), k)
		}
		sum := 0
		for _, v := range row {
			if v < 0 || v > math.MaxInt32 {
				return fmt.Errorf("confusion row %d holds the count %d", i, v)
			}
			sum += v
		}
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

func interval(name string, lo, hi float64) error {
	if err := errors.Join(fraction(name+"[0]", lo), fraction(name+"[1]", hi)); err != nil {
		return err
	}
	if lo > hi {
		return fmt.Errorf("%s is [%v, %v]; its ends are swapped", name, lo, hi)
	}
	return nil
}

func prefix(p string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s%w", p, err)
}
