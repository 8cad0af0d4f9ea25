package results

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"repbench/eval"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// fewShotKind is the result of a linear classifier on few labels, drawn often.
func fewShotKind() kind {
	return kindOf(func(s *eval.FewShotResult) View { return fewShotView{s} })
}

// fewShotView shows a result over draws of labels.
type fewShotView struct{ s *eval.FewShotResult }

func (v fewShotView) Outcome(record.Record) Outcome {
	s := v.s
	o := unknown(s.Kind())
	o.Protocol, o.Name, o.Knob, o.Setting = s.Protocol, format.Text(s.Protocol, 60), "C", "C = "+format.Number(s.C)
	switch o.Name {
	case SVHN1000, CIFAR400:
	default:
		o.Name = fmt.Sprintf("%s, %s per class", cmp.Or(o.Name, "few-shot"), perClass(s))
	}
	o.C, o.Test, o.SelectedOn, o.ReportedOn, o.Converged = s.C, s.Mean, s.SelectedOn, s.ReportedOn, s.Converged
	o.FitSeconds, o.SelectSeconds, o.PeakBytes, o.Warnings = s.FitSeconds, s.SelectSeconds, s.PeakRSSBytes, s.Warnings
	o.Grid, o.Classes, o.NTrain, o.NTest, o.Dim = costGrid(s.Grid, s.C), s.Classes, s.NTrain, s.NTest, s.Dim
	if s.LabelsMost > s.LabelsPerClass {
		o.PerClass = perClass(s)
	}
	o.LabelsPerClass, o.NLabels = s.LabelsPerClass, cmp.Or(s.RowsPerDraw, s.LabelsPerClass*len(s.Classes))
	if s.Protocol == SVHN1000 || s.Protocol == CIFAR400 {
		o.Paper = s.Protocol
	}
	o.TestLo, o.TestHi = ends(s.CI95, s.Mean)
	o.Draws = Draws{N: s.Draws, SD: deviation(s.FewShotScore)}
	o.Draws.Lo, o.Draws.Hi = ends(s.Spread95, s.Mean)
	for _, y := range s.Layers {
		l := Layer{
			Name: y.Name, Dim: y.Dim, C: y.C, Test: y.Mean, Train: format.NaN, Seconds: y.FitSeconds, SD: deviation(y.FewShotScore),
		}
		l.Lo, l.Hi = ends(y.CI95, y.Mean)
		o.Layers = append(o.Layers, l)
	}
	return o
}

// perClass is the number of labels per class, or the fewest and the most where classes differ.
func perClass(s *eval.FewShotResult) string {
	if s.LabelsMost > s.LabelsPerClass {
		return format.Count(s.LabelsPerClass) + " to " + format.Count(s.LabelsMost)
	}
	return format.Count(s.LabelsPerClass)
}

// deviation is the standard deviation over draws; one draw has none.
func deviation(s eval.FewShotScore) float64 {
	if s.Draws < 2 {
		return format.NaN
	}
	return s.StdDev
}

func (v fewShotView) Headline(l Outcome) page.Tiles {
	labels := page.Tile{Label: "Labels per class", Value: perClass(v.s), Detail: format.Plural(l.Draws.N, "draw") + " of them"}
	return page.Tiles{accuracyTile("Mean accuracy on ", l), costTile(l), labels, featuresTile(l)}
}

func (v fewShotView) Sentence(r record.Record, l Outcome) string {
	return fmt.Sprintf("A linear classifier (%s) was trained on %s features of each of %s images, %s per class, and this %s times, each time "+
		"on other images drawn from %s. On %s it names the right class for %s of them on average.",
		format.OrNone(format.Text(l.Protocol, 60)), format.Count(l.Dim), format.Count(l.NLabels), perClass(v.s), format.Count(l.Draws.N),
		format.Count(l.NTrain), l.testImages(), format.Percent(l.Test)) + l.chosen()
}

func (v fewShotView) Facts(add func(key, value string)) {
	l := v.Outcome(record.Record{})
	add("Labels per class", perClass(v.s))
	add("Draws", format.Count(l.Draws.N))
	add("Standard deviation", format.Percent(l.Draws.SD))
	add("Mean ± 1.96 of it", format.Interval95(l.Draws.Lo, l.Draws.Hi))
	if v.s.Drawn != "" {
		add("Rows of the draws", format.Text(v.s.Drawn, 60))
	}
	v.errors(add)
}

// errors adds the mean errors of the reported draws, with 1.96 standard deviations divided by
// n - 1 and, as the released code has it, by n.
func (v fewShotView) errors(add func(key, value string)) {
	e := v.s.Report
	if e == nil {
		return
	}
	rate := func(split string, r eval.ErrorRate) {
		add("Mean error on "+split, fmt.Sprintf("%s of %s, ± %s (1.96 sd, divided by n - 1), ± %s (by n)",
			format.Percent(r.Mean), format.Count(r.Rows), format.Percent(r.Spread95), format.Percent(r.Spread95N)))
	}
	rate("the rows of the draws", e.Train)
	if e.Valid != nil {
		rate("validation", *e.Valid)
	}
	rate("test", e.Test)
}

func (v fewShotView) check() error {
	s := v.s
	err := errors.Join(checkDraws(s.FewShotScore), counts(s.NTrain, s.NTest, s.Dim), checkGrid(s.Grid))
	for i, y := range s.Layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), checkDraws(y.FewShotScore)))
	}
	return errors.Join(err, checkClasses(s.Classes))
}

// checkDraws checks a score over draws. Its intervals are intervals of a mean
// and may pass 0 or 1.
func checkDraws(s eval.FewShotScore) error {
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
	err = errors.Join(err, checkErrors(s))
	if s.StdDev < 0 || s.StdError < 0 {
		err = errors.Join(err, errors.New("std_dev and std_error must not be negative"))
	}
	return err
}

// checkErrors checks the wrong rows of draws.
func checkErrors(s eval.FewShotScore) error {
	var err error
	for i, c := range s.Select {
		at := fmt.Sprintf("select[%d].", i)
		err = errors.Join(err, positive(at+"C", c.C), wrongRows(at+"train_errors", c.TrainErrors, len(c.ValidErrors)), wrongRows(at+"valid_errors", c.ValidErrors, len(c.ValidErrors)))
	}
	e := s.Report
	if e == nil {
		return err
	}
	err = errors.Join(err, wrongRows("report.train_errors", e.TrainErrors, s.Draws), wrongRows("report.test_errors", e.TestErrors, s.Draws),
		rate("report.train", e.Train), rate("report.test", e.Test))
	if e.Valid != nil {
		err = errors.Join(err, wrongRows("report.valid_errors", e.ValidErrors, s.Draws), rate("report.valid", *e.Valid))
	}
	return err
}

// wrongRows checks numbers of wrong rows, one for each draw.
func wrongRows(name string, n []int, draws int) error {
	if len(n) != draws || draws > maxDraws {
		return fmt.Errorf("%s has %d values for %d draws", name, len(n), draws)
	}
	for i, wrong := range n {
		if wrong < 0 {
			return fmt.Errorf("%s[%d] is %d; it must not be negative", name, i, wrong)
		}
	}
	return nil
}

// rate checks a mean error with its spreads.
func rate(name string, r eval.ErrorRate) error {
	err := fraction(name+".mean_error", r.Mean)
	if r.Rows < 1 || r.Spread95 < 0 || r.Spread95N < 0 || r.Spread95-r.Spread95 != 0 || r.Spread95N-r.Spread95N != 0 {
		err = errors.Join(err, fmt.Errorf("%s has %d rows, spreads %g and %g; want at least one row and numbers of 0 or more", name, r.Rows, r.Spread95, r.Spread95N))
	}
	return err
}
