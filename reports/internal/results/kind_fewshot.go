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
		o.Name = fmt.Sprintf("%s, %s per class", cmp.Or(o.Name, "few-shot"), format.Count(s.LabelsPerClass))
	}
	o.C, o.Test, o.SelectedOn, o.ReportedOn, o.Converged = s.C, s.Mean, s.SelectedOn, s.ReportedOn, s.Converged
	o.FitSeconds, o.SelectSeconds, o.PeakBytes, o.Warnings = s.FitSeconds, s.SelectSeconds, s.PeakRSSBytes, s.Warnings
	o.Grid, o.Classes, o.NTrain, o.NTest, o.Dim = costGrid(s.Grid, s.C), s.Classes, s.NTrain, s.NTest, s.Dim
	o.LabelsPerClass, o.NLabels = s.LabelsPerClass, s.LabelsPerClass*len(s.Classes)
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

// deviation is the standard deviation over draws; one draw has none.
func deviation(s eval.FewShotScore) float64 {
	if s.Draws < 2 {
		return format.NaN
	}
	return s.StdDev
}

func (v fewShotView) Headline(l Outcome) page.Tiles {
	labels := page.Tile{Label: "Labels per class", Value: format.Count(l.LabelsPerClass), Detail: format.Plural(l.Draws.N, "draw") + " of them"}
	return page.Tiles{accuracyTile("Mean accuracy on ", l), costTile(l), labels, featuresTile(l)}
}

func (v fewShotView) Sentence(r record.Record, l Outcome) string {
	return fmt.Sprintf("A linear classifier (%s) was trained on %s features of each of %s images, %s per class, and this %s times, each time "+
		"on other images drawn from %s. On %s it names the right class for %s of them on average.",
		format.OrNone(format.Text(l.Protocol, 60)), format.Count(l.Dim), format.Count(l.NLabels), format.Count(l.LabelsPerClass), format.Count(l.Draws.N),
		format.Count(l.NTrain), l.testImages(), format.Percent(l.Test)) + l.chosen()
}

func (v fewShotView) Facts(add func(key, value string)) {
	l := v.Outcome(record.Record{})
	add("Labels per class", format.Count(l.LabelsPerClass))
	add("Draws", format.Count(l.Draws.N))
	add("Standard deviation", format.Percent(l.Draws.SD))
	add("Mean ± 1.96 of it", format.Interval95(l.Draws.Lo, l.Draws.Hi))
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
	if s.StdDev < 0 || s.StdError < 0 {
		err = errors.Join(err, errors.New("std_dev and std_error must not be negative"))
	}
	return err
}
