package results

import (
	"errors"
	"fmt"
	"strings"

	"repbench/eval/knn"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// neighboursKind is the result of a k-nearest-neighbour classifier on features.
func neighboursKind() kind {
	return kindOf(func(s *knn.Result) View { return neighboursView{s} })
}

// neighboursView shows a result of the nearest neighbours.
type neighboursView struct{ s *knn.Result }

func (v neighboursView) Outcome(record.Record) Outcome {
	s := v.s
	o := unknown(s.Kind())
	o.Protocol, o.Name, o.Knob, o.Setting, o.Apart = "k-NN", "k-NN", "k", "k = "+format.Itoa(s.K), true
	if p := format.Text(s.Preset, 30); p != "" {
		o.Name += " (" + p + ")"
	}
	o.K, o.Preset, o.Convention = s.K, s.Preset, s.Convention
	o.Test, o.SelectedOn, o.ReportedOn, o.Warnings = s.TestAccuracy, s.SelectedOn, s.ReportedOn, s.Warnings
	o.FitSeconds, o.PeakBytes, o.Confusion, o.Classes = s.Seconds, s.PeakRSSBytes, s.Confusion, s.Classes
	o.NTrain, o.NTest, o.Dim, o.NLabels = s.NTrain, s.NTest, s.Dim, s.NTrain
	o.TestLo, o.TestHi = ends(s.TestCI95, s.TestAccuracy)
	for _, g := range s.Grid {
		p := GridPoint{At: float64(g.K), Value: g.Accuracy, Selected: g.K == s.K}
		p.Lo, p.Hi = ends(g.CI95, g.Accuracy)
		o.Grid = append(o.Grid, p)
	}
	return o
}

func (v neighboursView) Headline(l Outcome) page.Tiles {
	k := page.Tile{Label: "Neighbours k", Value: format.Count(l.K), Detail: l.Selection()}
	return page.Tiles{accuracyTile("Accuracy on ", l), k, imagesTile(l), featuresTile(l)}
}

func (v neighboursView) Sentence(r record.Record, l Outcome) string {
	return fmt.Sprintf("Each image of %s got the class that its nearest among %s training images vote for, by their %s features; "+
		"this is the right one for %s of them. Convention: %s.", l.testImages(), format.Count(l.NTrain), format.Count(l.Dim), format.Percent(l.Test),
		format.OrNone(format.Text(strings.TrimRight(l.Convention, ". "), 300))) + l.chosen()
}

func (neighboursView) Facts(func(key, value string)) {}

func (v neighboursView) check() error {
	s := v.s
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
	return errors.Join(err, checkConfusion(s.Confusion, s.Classes))
}
