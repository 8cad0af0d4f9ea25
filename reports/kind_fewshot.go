package reports

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"repbench/eval"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// fewShotKind is the result of a linear classifier on few labels, drawn often.
func fewShotKind() kind {
	return kindOf(func(s *eval.FewShotResult) view { return fewShotView{s} })
}

// fewShotView shows a result over draws of labels.
type fewShotView struct{ s *eval.FewShotResult }

func (v fewShotView) outcome(record.Record) outcome {
	s := v.s
	o := unknown(s.Kind())
	o.protocol, o.name, o.knob, o.setting = s.Protocol, text(s.Protocol, 60), "C", "C = "+number(s.C)
	switch o.name {
	case svhn1000, cifar400:
	default:
		o.name = fmt.Sprintf("%s, %s a class", cmp.Or(o.name, "few-shot"), count(s.LabelsPerClass))
	}
	o.c, o.test, o.selectedOn, o.reportedOn, o.converged = s.C, s.Mean, s.SelectedOn, s.ReportedOn, s.Converged
	o.fitSeconds, o.selectSeconds, o.peakBytes, o.warnings = s.FitSeconds, s.SelectSeconds, s.PeakRSSBytes, s.Warnings
	o.grid, o.classes, o.nTrain, o.nTest, o.dim = costGrid(s.Grid, s.C), s.Classes, s.NTrain, s.NTest, s.Dim
	o.labelsPerClass, o.nLabels = s.LabelsPerClass, s.LabelsPerClass*len(s.Classes)
	if s.Protocol == svhn1000 || s.Protocol == cifar400 {
		o.paper = s.Protocol
	}
	o.testLo, o.testHi = ends(s.CI95, s.Mean)
	o.draws = draws{n: s.Draws, sd: deviation(s.FewShotScore)}
	o.draws.lo, o.draws.hi = ends(s.Spread95, s.Mean)
	for _, y := range s.Layers {
		l := layer{
			name: y.Name, dim: y.Dim, c: y.C, test: y.Mean, train: nan, seconds: y.FitSeconds, sd: deviation(y.FewShotScore),
		}
		l.lo, l.hi = ends(y.CI95, y.Mean)
		o.layers = append(o.layers, l)
	}
	return o
}

// deviation is the standard deviation over draws; one draw has none.
func deviation(s eval.FewShotScore) float64 {
	if s.Draws < 2 {
		return nan
	}
	return s.StdDev
}

func (v fewShotView) headline(l outcome) page.Tiles {
	labels := page.Tile{Label: "Labels a class", Value: count(l.labelsPerClass), Detail: plural(l.draws.n, "draw") + " of them"}
	return page.Tiles{accuracyTile("Mean accuracy on ", l), costTile(l), labels, featuresTile(l)}
}

func (v fewShotView) sentence(r record.Record, l outcome) string {
	return fmt.Sprintf("A linear classifier (%s) was trained on %s features of each of %s images, %s a class, and this %s times, each time "+
		"on other images drawn from %s. On %s it names the right class for %s of them on average.",
		orNone(text(l.protocol, 60)), count(l.dim), count(l.nLabels), count(l.labelsPerClass), count(l.draws.n),
		count(l.nTrain), l.testImages(), percent(l.test)) + l.chosen()
}

func (v fewShotView) facts(add func(key, value string)) {
	l := v.outcome(record.Record{})
	add("Labels a class", count(l.labelsPerClass))
	add("Draws", count(l.draws.n))
	add("Standard deviation", percent(l.draws.sd))
	add("Mean ± 1.96 of it", interval95(l.draws.lo, l.draws.hi))
}

func (v fewShotView) check() error {
	s := v.s
	err := errors.Join(checkDraws(s.FewShotScore), counts(s.NTrain, s.NTest, s.Dim), checkGrid(s.Grid))
	for i, y := range s.Layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), checkDraws(y.FewShotScore)))
	}
	return errors.Join(err, checkClasses(s.Classes))
}

// checkDraws checks a score over draws. Its intervals are those of a mean
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
