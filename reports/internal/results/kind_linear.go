package results

import (
	"errors"
	"fmt"

	"repbench/eval"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// linearKind is the result of a linear classifier on features.
func linearKind() kind {
	return kindOf(func(s *eval.LinearResult) View { return linearView{s} })
}

// KindLinear is the kind whose results need no protocol beside their name.
const KindLinear = "linear"

// linearView shows the result of a linear classifier.
type linearView struct{ s *eval.LinearResult }

func (v linearView) Outcome(record.Record) Outcome {
	s := v.s
	o := unknown(s.Kind())
	o.Protocol, o.Name, o.Knob, o.Setting = s.Protocol, format.Text(s.Protocol, 60), "C", "C = "+format.Number(s.C)
	o.C, o.Train, o.Test, o.SelectedOn, o.ReportedOn = s.C, s.TrainAccuracy, s.TestAccuracy, s.SelectedOn, s.ReportedOn
	o.Objective, o.Gap, o.Iterations, o.Converged = s.Objective, s.DualityGap, s.Iterations, s.Converged
	o.FitSeconds, o.SelectSeconds, o.PeakBytes, o.Warnings = s.FitSeconds, s.SelectSeconds, s.PeakRSSBytes, s.Warnings
	o.Grid, o.Confusion, o.Classes, o.Mistakes = costGrid(s.Grid, s.C), s.Confusion, s.Classes, s.Mistakes
	o.NTrain, o.NTest, o.Dim, o.Products, o.NLabels = s.NTrain, s.NTest, s.Dim, s.Products.String(), s.NTrain
	o.TestLo, o.TestHi = ends(s.TestCI95, s.TestAccuracy)
	for _, y := range s.Layers {
		l := Layer{
			Name: y.Name, Dim: y.Dim, C: y.C, Test: y.TestAccuracy, Train: y.TrainAccuracy, Seconds: y.FitSeconds, SD: format.NaN,
		}
		l.Lo, l.Hi = ends(y.TestCI95, y.TestAccuracy)
		o.Layers = append(o.Layers, l)
	}
	return o
}

func (v linearView) Headline(l Outcome) page.Tiles {
	return page.Tiles{accuracyTile("Accuracy on ", l), costTile(l), imagesTile(l), featuresTile(l)}
}

func (v linearView) Sentence(r record.Record, l Outcome) string {
	out := "A linear classifier"
	if l.Protocol != "" && l.Protocol != "linear" {
		out += " (" + format.Text(l.Protocol, 60) + ")"
	}
	out += fmt.Sprintf(" was trained on %s features of each of %s images", format.Count(l.Dim), format.Count(l.NTrain))
	if len(r.Encoder.Layers) > 1 {
		out += fmt.Sprintf(", which %d layers of the encoder give together", len(r.Encoder.Layers))
	}
	out += fmt.Sprintf(". On %s it names the right class for %s of them", l.testImages(), format.Percent(l.Test))
	if l.Train == l.Train {
		out += fmt.Sprintf("; on the images that it was trained on, for %s", format.Percent(l.Train))
	}
	return out + "." + l.chosen()
}

func (linearView) Facts(func(key, value string)) {}

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
