package record

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"repbench/eval"
	"repbench/eval/knn"
)

// Validate says what is wrong with a record that would make a report lie or
// break. What is merely unusual passes.
func (r Record) Validate() error {
	if strings.TrimSpace(r.ID) == "" {
		return errors.New(`a record needs an "id"`)
	}
	if len(r.ID) > 512 {
		return fmt.Errorf(`the "id" has %d bytes; at most 512 are allowed`, len(r.ID))
	}
	if err := r.validatePayload(); err != nil {
		return err
	}
	err := validateCosts(r.Costs)
	switch r.Kind {
	case Linear:
		err = errors.Join(err, validateLinear(r.Linear))
	case FewShot:
		err = errors.Join(err, validateFewShot(r.FewShot))
	case KNN:
		err = errors.Join(err, validateKNN(r.KNN))
	case Supervised:
		err = errors.Join(err, validateSupervised(r.Supervised))
	}
	if err != nil {
		return fmt.Errorf("record %q: %w", r.ID, err)
	}
	return nil
}

// validatePayload checks that the result of the record's kind is there, alone.
func (r Record) validatePayload() error {
	payloads := []struct {
		kind  Kind
		field string
		set   bool
	}{
		{Linear, "linear", r.Linear != nil},
		{FewShot, "few_shot", r.FewShot != nil},
		{KNN, "knn", r.KNN != nil},
		{Supervised, "supervised", r.Supervised != nil},
		{Training, "training", r.Training != nil},
	}
	known, ok := "", false
	for _, p := range payloads {
		ok = ok || p.kind == r.Kind
		known += fmt.Sprintf(", %q", p.kind)
	}
	if !ok {
		return fmt.Errorf("record %q has the kind %q; this version knows %s", r.ID, r.Kind, known[2:])
	}
	for _, p := range payloads {
		if p.kind == r.Kind && !p.set {
			return fmt.Errorf("record %q of kind %q must hold %q", r.ID, r.Kind, p.field)
		}
	}
	for _, p := range payloads {
		if p.kind != r.Kind && p.set {
			return fmt.Errorf("record %q of kind %q must not hold %q", r.ID, r.Kind, p.field)
		}
	}
	return nil
}

func validateCosts(costs []Cost) error {
	if len(costs) > MaxCosts {
		return fmt.Errorf("costs has %d stages; at most %d can be reported", len(costs), MaxCosts)
	}
	var err error
	for i, c := range costs {
		switch {
		case strings.TrimSpace(c.Stage) == "":
			err = errors.Join(err, fmt.Errorf(`costs[%d] needs a "stage"`, i))
		case !(c.Seconds >= 0) || math.IsInf(c.Seconds, 0):
			err = errors.Join(err, fmt.Errorf("costs[%d]: seconds is %v; it must not be negative", i, c.Seconds))
		case c.PeakRSSBytes < 0:
			err = errors.Join(err, fmt.Errorf("costs[%d]: peak_rss_bytes is %d; it must not be negative", i, c.PeakRSSBytes))
		}
	}
	return err
}

func validateLinear(s *eval.LinearResult) error {
	err := errors.Join(
		fraction("test_accuracy", s.TestAccuracy),
		fraction("train_accuracy", s.TrainAccuracy),
		interval("test_accuracy_ci95", s.TestCI95),
		positive("C", s.C),
		counts(s.NTrain, s.NTest, s.Dim),
		validateGrid(s.Grid),
	)
	for i, y := range s.Layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), errors.Join(
			fraction("test_accuracy", y.TestAccuracy), interval("test_accuracy_ci95", y.TestCI95))))
	}
	return errors.Join(err, validateConfusion(s.Confusion, s.Classes),
		validateMistakes(s.Mistakes, max(len(s.Classes), len(s.Confusion))))
}

func validateFewShot(s *eval.FewShotResult) error {
	err := errors.Join(
		validateDraws(s.FewShotScore),
		counts(s.NTrain, s.NTest, s.Dim),
		validateGrid(s.Grid),
	)
	for i, y := range s.Layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), validateDraws(y.FewShotScore)))
	}
	if len(s.Classes) > MaxClasses {
		err = errors.Join(err, fmt.Errorf("%d classes; at most %d can be reported", len(s.Classes), MaxClasses))
	}
	return err
}

// validateDraws checks a score over draws. Its intervals are those of a mean
// and may pass 0 or 1.
func validateDraws(s eval.FewShotScore) error {
	err := errors.Join(
		fraction("test_accuracy", s.Mean),
		positive("C", s.C),
		ordered("test_accuracy_ci95", s.CI95),
		ordered("test_accuracy_spread95", s.Spread95),
	)
	if s.LabelsPerClass < 1 || s.LabelsPerClass > math.MaxInt32 {
		err = errors.Join(err, fmt.Errorf("labels_per_class is %d; it must be at least 1", s.LabelsPerClass))
	}
	if s.Draws < 1 || s.Draws > maxDraws {
		err = errors.Join(err, fmt.Errorf("draws is %d; it must be in [1, %d]", s.Draws, maxDraws))
	}
	if n := len(s.Accuracies); n != 0 && n != s.Draws {
		err = errors.Join(err, fmt.Errorf("test_accuracies has %d values for %d draws", n, s.Draws))
	}
	for i, a := range s.Accuracies {
		err = errors.Join(err, fraction(fmt.Sprintf("test_accuracies[%d]", i), a))
	}
	if s.StdDev < 0 || s.StdError < 0 {
		err = errors.Join(err, errors.New("std_dev and std_error must not be negative"))
	}
	return err
}

func validateKNN(s *knn.Result) error {
	err := errors.Join(
		fraction("test_accuracy", s.TestAccuracy),
		interval("test_accuracy_ci95", s.TestCI95),
		atLeast1("k", s.K),
		counts(s.NTrain, s.NTest, s.Dim),
	)
	for i, g := range s.Grid {
		err = errors.Join(err, prefix(fmt.Sprintf("grid[%d]: ", i), errors.Join(
			atLeast1("k", g.K), fraction("valid_accuracy", g.Accuracy), interval("valid_accuracy_ci95", g.CI95))))
	}
	return errors.Join(err, validateConfusion(s.Confusion, s.Classes))
}

func validateSupervised(s *SupervisedResult) error {
	err := errors.Join(
		fraction("test_accuracy", s.TestAccuracy),
		interval("test_accuracy_ci95", s.TestCI95),
		fraction("valid_accuracy", s.ValidAccuracy),
		atLeast1("trials", s.Trials),
		counts(s.NTrain, s.NTest, 0),
	)
	if n := len(s.TriedAccuracies); n != 0 && n != s.Trials {
		err = errors.Join(err, fmt.Errorf("tried_valid_accuracies has %d values for %d trials", n, s.Trials))
	}
	if s.Trials > maxDraws {
		err = errors.Join(err, fmt.Errorf("%d trials; at most %d can be reported", s.Trials, maxDraws))
	}
	for i, a := range s.TriedAccuracies {
		err = errors.Join(err, fraction(fmt.Sprintf("tried_valid_accuracies[%d]", i), a))
	}
	if s.LabelsPerClass < 0 || s.LabelsPerClass > math.MaxInt32 {
		err = errors.Join(err, fmt.Errorf("labels_per_class is %d; it must not be negative", s.LabelsPerClass))
	}
	if len(s.Classes) > MaxClasses {
		err = errors.Join(err, fmt.Errorf("%d classes; at most %d can be reported", len(s.Classes), MaxClasses))
	}
	return err
}

func validateGrid(grid []eval.GridPoint) error {
	var err error
	for i, g := range grid {
		err = errors.Join(err, prefix(fmt.Sprintf("grid[%d]: ", i), errors.Join(
			positive("C", g.C), fraction("valid_accuracy", g.Accuracy), interval("valid_accuracy_ci95", g.CI95))))
	}
	return err
}

// validateConfusion accepts no matrix, or one of K×K counts for K classes.
func validateConfusion(m [][]int, classes []string) error {
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
