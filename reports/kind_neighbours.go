package reports

import (
	"errors"
	"fmt"
	"strings"

	"repbench/eval/knn"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// neighboursKind is the result of a k-nearest-neighbour classifier on features.
func neighboursKind() kind {
	return kindOf(func(s *knn.Result) view { return neighboursView{s} })
}

// neighboursView shows a result of the nearest neighbours.
type neighboursView struct{ s *knn.Result }

func (v neighboursView) outcome(record.Record) outcome {
	s := v.s
	o := unknown(s.Kind())
	o.protocol, o.name, o.knob, o.setting, o.apart = "k-NN", "k-NN", "k", "k = "+itoa(s.K), true
	if p := text(s.Preset, 30); p != "" {
		o.name += " (" + p + ")"
	}
	o.k, o.preset, o.convention = s.K, s.Preset, s.Convention
	o.test, o.selectedOn, o.reportedOn, o.warnings = s.TestAccuracy, s.SelectedOn, s.ReportedOn, s.Warnings
	o.fitSeconds, o.peakBytes, o.confusion, o.classes = s.Seconds, s.PeakRSSBytes, s.Confusion, s.Classes
	o.nTrain, o.nTest, o.dim, o.nLabels = s.NTrain, s.NTest, s.Dim, s.NTrain
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	for _, g := range s.Grid {
		p := gridPoint{at: float64(g.K), value: g.Accuracy, selected: g.K == s.K}
		p.lo, p.hi = ends(g.CI95, g.Accuracy)
		o.grid = append(o.grid, p)
	}
	return o
}

func (v neighboursView) headline(l outcome) page.Tiles {
	k := page.Tile{Label: "Neighbours k", Value: count(l.k), Detail: l.selection()}
	return page.Tiles{accuracyTile("Accuracy on ", l), k, imagesTile(l), featuresTile(l)}
}

func (v neighboursView) sentence(r record.Record, l outcome) string {
	return fmt.Sprintf("Each image of %s got the class that its nearest among %s training images vote for, by their %s features; "+
		"this is the right one for %s of them. Convention: %s.", l.testImages(), count(l.nTrain), count(l.dim), percent(l.test),
		orNone(text(strings.TrimRight(l.convention, ". "), 300))) + l.chosen()
}

func (neighboursView) facts(func(key, value string)) {}

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
