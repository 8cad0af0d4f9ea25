package reports

import (
	"errors"
	"fmt"

	"repbench/eval"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// linearKind is the result of a linear classifier on features.
func linearKind() kind {
	return kindOf(func(s *eval.LinearResult) view { return linearView{s} })
}

// kindLinear is the kind whose results need no protocol beside their name.
const kindLinear = "linear"

// linearView shows the result of a linear classifier.
type linearView struct{ s *eval.LinearResult }

func (v linearView) outcome(record.Record) outcome {
	s := v.s
	o := unknown(s.Kind())
	o.protocol, o.name, o.knob, o.setting = s.Protocol, text(s.Protocol, 60), "C", "C = "+number(s.C)
	o.c, o.train, o.test, o.selectedOn, o.reportedOn = s.C, s.TrainAccuracy, s.TestAccuracy, s.SelectedOn, s.ReportedOn
	o.objective, o.gap, o.iterations, o.converged = s.Objective, s.DualityGap, s.Iterations, s.Converged
	o.fitSeconds, o.selectSeconds, o.peakBytes, o.warnings = s.FitSeconds, s.SelectSeconds, s.PeakRSSBytes, s.Warnings
	o.grid, o.confusion, o.classes, o.mistakes = costGrid(s.Grid, s.C), s.Confusion, s.Classes, s.Mistakes
	o.nTrain, o.nTest, o.dim, o.products, o.nLabels = s.NTrain, s.NTest, s.Dim, s.Products, s.NTrain
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	for _, y := range s.Layers {
		l := layer{
			name: y.Name, dim: y.Dim, c: y.C, test: y.TestAccuracy, train: y.TrainAccuracy, seconds: y.FitSeconds, sd: nan,
		}
		l.lo, l.hi = ends(y.TestCI95, y.TestAccuracy)
		o.layers = append(o.layers, l)
	}
	return o
}

func (v linearView) headline(l outcome) page.Tiles {
	return page.Tiles{accuracyTile("Accuracy on ", l), costTile(l), imagesTile(l), featuresTile(l)}
}

func (v linearView) sentence(r record.Record, l outcome) string {
	out := "A linear classifier"
	if l.protocol != "" && l.protocol != "linear" {
		out += " (" + text(l.protocol, 60) + ")"
	}
	out += fmt.Sprintf(" was trained on %s features of each of %s images", count(l.dim), count(l.nTrain))
	if len(r.Encoder.Layers) > 1 {
		out += fmt.Sprintf(", which %d layers of the encoder give together", len(r.Encoder.Layers))
	}
	out += fmt.Sprintf(". On %s it names the right class for %s of them", l.testImages(), percent(l.test))
	if l.train == l.train {
		out += fmt.Sprintf("; on the images that it was trained on, for %s", percent(l.train))
	}
	return out + "." + l.chosen()
}

func (linearView) facts(func(key, value string)) {}

func (v linearView) check() error {
	s := v.s
	err := errors.Join(
		fraction("test_accuracy", s.TestAccuracy),
		fraction("train_accuracy", s.TrainAccuracy),
		interval("test_accuracy_ci95", s.TestCI95),
		positive("C", s.C),
		counts(s.NTrain, s.NTest, s.Dim),
		checkGrid(s.Grid),
	)
	for i, y := range s.Layers {
		err = errors.Join(err, prefix(fmt.Sprintf("layers[%d]: ", i), errors.Join(
			fraction("test_accuracy", y.TestAccuracy), interval("test_accuracy_ci95", y.TestCI95))))
	}
	return errors.Join(err, checkConfusion(s.Confusion, s.Classes),
		checkMistakes(s.Mistakes, max(len(s.Classes), len(s.Confusion))))
}
