package reports

import (
	"cmp"
	"fmt"

	"repbench/eval"
	"repbench/reports/record"
)

// outcome is what the report shows of a result of any kind, apart from the
// result's own layout; a number that is not known is NaN, a count 0.
type outcome struct {
	kind                   record.Kind
	protocol               string
	c                      float64
	train                  float64
	test, testLo, testHi   float64
	selectedOn, reportedOn string
	objective, gap         float64
	iterations             int
	converged              bool
	fitSeconds             float64
	selectSeconds          float64
	peakBytes              int64
	products               string
	warnings               []string
	grid                   []gridPoint
	layers                 []layer
	confusion              [][]int
	classes                []string
	nTrain, nTest, dim     int
	mistakes               []eval.Mistake
	fewShot                *fewShot
	neighbours             *neighbours
	supervised             *record.SupervisedResult
}

// fewShot is what only a result on few labels has.
type fewShot struct {
	perClass, draws int
	// sd is the standard deviation over the draws, lo and hi are the mean less
	// and plus 1.96 of it; NaN with a single draw.
	sd, lo, hi float64
}

// neighbours is what only a k-nearest-neighbour result has.
type neighbours struct {
	k                  int
	preset, convention string
}

// layer is the result on one layer's features alone.
type layer struct {
	name         string
	dim          int
	c            float64
	test, lo, hi float64
	train        float64
	seconds      float64
	// sd is over the draws of a result on few labels.
	sd float64
}

// gridPoint is one candidate of the search over C or k.
type gridPoint struct {
	at, value, lo, hi float64
	selected          bool
}

// outcomeOf is the view of a record's result.
func outcomeOf(r record.Record) outcome {
	switch {
	case r.FewShot != nil:
		return fewShotOutcome(r.FewShot)
	case r.KNN != nil:
		return knnOutcome(r)
	case r.Supervised != nil:
		return supervisedOutcome(r.Supervised)
	}
	return linearOutcome(r.Linear)
}

func linearOutcome(s *eval.LinearResult) outcome {
	o := outcome{
		kind: record.Linear, protocol: s.Protocol, c: s.C, train: s.TrainAccuracy, test: s.TestAccuracy,
		selectedOn: s.SelectedOn, reportedOn: s.ReportedOn,
		objective: s.Objective, gap: s.DualityGap, iterations: s.Iterations, converged: s.Converged,
		fitSeconds: s.FitSeconds, selectSeconds: s.SelectSeconds, peakBytes: s.PeakRSSBytes, warnings: s.Warnings,
		grid: costGrid(s.Grid, s.C), confusion: s.Confusion, classes: s.Classes, mistakes: s.Mistakes,
		nTrain: s.NTrain, nTest: s.NTest, dim: s.Dim, products: s.Products,
	}
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	for _, y := range s.Layers {
		v := layer{
			name: y.Name, dim: y.Dim, c: y.C, test: y.TestAccuracy, train: y.TrainAccuracy, seconds: y.FitSeconds, sd: nan,
		}
		v.lo, v.hi = ends(y.TestCI95, y.TestAccuracy)
		o.layers = append(o.layers, v)
	}
	return o
}

func fewShotOutcome(s *eval.FewShotResult) outcome {
	o := outcome{
		kind: record.FewShot, protocol: s.Protocol, c: s.C, train: nan, test: s.Mean,
		selectedOn: s.SelectedOn, reportedOn: s.ReportedOn,
		objective: nan, gap: nan, converged: s.Converged,
		fitSeconds: s.FitSeconds, selectSeconds: s.SelectSeconds, peakBytes: s.PeakRSSBytes, warnings: s.Warnings,
		grid: costGrid(s.Grid, s.C), classes: s.Classes,
		nTrain: s.NTrain, nTest: s.NTest, dim: s.Dim,
		fewShot: &fewShot{perClass: s.LabelsPerClass, draws: s.Draws, sd: deviation(s.FewShotScore)},
	}
	o.testLo, o.testHi = ends(s.CI95, s.Mean)
	o.fewShot.lo, o.fewShot.hi = ends(s.Spread95, s.Mean)
	for _, y := range s.Layers {
		v := layer{
			name: y.Name, dim: y.Dim, c: y.C, test: y.Mean, train: nan, seconds: y.FitSeconds, sd: deviation(y.FewShotScore),
		}
		v.lo, v.hi = ends(y.CI95, y.Mean)
		o.layers = append(o.layers, v)
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

func knnOutcome(r record.Record) outcome {
	s := r.KNN
	o := outcome{
		kind: record.KNN, protocol: "k-NN", c: nan, train: nan, test: s.TestAccuracy,
		selectedOn: s.SelectedOn, reportedOn: s.ReportedOn, objective: nan, gap: nan,
		fitSeconds: s.Seconds, peakBytes: s.PeakRSSBytes, warnings: s.Warnings,
		confusion: s.Confusion, classes: s.Classes, nTrain: s.NTrain, nTest: s.NTest, dim: s.Dim,
		neighbours: &neighbours{k: s.K, preset: s.Preset, convention: s.Convention},
	}
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	for _, g := range s.Grid {
		p := gridPoint{at: float64(g.K), value: g.Accuracy, selected: g.K == s.K}
		p.lo, p.hi = ends(g.CI95, g.Accuracy)
		o.grid = append(o.grid, p)
	}
	return o
}

func supervisedOutcome(s *record.SupervisedResult) outcome {
	o := outcome{
		kind: record.Supervised, protocol: "supervised", c: nan, train: nan, test: s.TestAccuracy,
		selectedOn: s.SelectedOn, reportedOn: s.ReportedOn, objective: nan, gap: nan, fitSeconds: nan, warnings: s.Warnings,
		classes: s.Classes, nTrain: s.NTrain, nTest: s.NTest, supervised: s,
	}
	o.testLo, o.testHi = ends(s.TestCI95, s.TestAccuracy)
	return o
}

// costGrid is the search over C.
func costGrid(grid []eval.GridPoint, selected float64) []gridPoint {
	var out []gridPoint
	for _, g := range grid {
		p := gridPoint{at: g.C, value: g.Accuracy, selected: g.C == selected}
		p.lo, p.hi = ends(g.CI95, g.Accuracy)
		out = append(out, p)
	}
	return out
}

// ends are those of an interval, NaN for one that was never set: [0, 0]
// around something else.
func ends(i eval.Interval, value float64) (lo, hi float64) {
	if i == (eval.Interval{}) && value != 0 {
		return nan, nan
	}
	return i[0], i[1]
}

// class is the name of class i, its number where it has none.
func (l outcome) class(i int) string {
	if i >= 0 && i < len(l.classes) {
		return cmp.Or(text(l.classes[i], 40), itoa(i))
	}
	return itoa(i)
}

// nClasses is the number of classes, 0 when it is not known.
func (l outcome) nClasses() int { return max(len(l.classes), len(l.confusion)) }

// nLabels is the number of labels that each fit saw.
func (l outcome) nLabels() int {
	if l.fewShot != nil {
		return l.fewShot.perClass * l.nClasses()
	}
	return l.nTrain
}

// knob is the name of what was fixed or selected.
func (l outcome) knob() string {
	switch {
	case l.neighbours != nil:
		return "k"
	case l.supervised != nil:
		return "The trial"
	}
	return "C"
}

// setting is that number with its name.
func (l outcome) setting() string {
	switch {
	case l.neighbours != nil:
		return "k = " + itoa(l.neighbours.k)
	case l.supervised != nil:
		return "best of " + plural(l.supervised.Trials, "trial")
	}
	return "C = " + number(l.c)
}

// protocolName is the protocol in a few words: "linear", "svhn-1000", "few-shot,
// 10 a class", "k-NN (instdisc)".
func (l outcome) protocolName() string {
	name := text(l.protocol, 60)
	switch {
	case l.neighbours != nil:
		if p := text(l.neighbours.preset, 30); p != "" {
			name += " (" + p + ")"
		}
	case l.supervised != nil && l.supervised.LabelsPerClass > 0:
		name += ", " + count(l.supervised.LabelsPerClass) + " a class"
	case l.fewShot != nil && name != svhn1000 && name != cifar400:
		name = fmt.Sprintf("%s, %s a class", cmp.Or(name, "few-shot"), count(l.fewShot.perClass))
	}
	return name
}

// The protocols of the paper's tables.
const (
	svhn1000 = "svhn-1000"
	cifar400 = "cifar10-400"
)

// deviation is the standard deviation over draws, NaN where there is but one.
func (l outcome) deviation() float64 {
	if l.fewShot == nil {
		return nan
	}
	return l.fewShot.sd
}

// usesAllLabels reports whether the result is of all training labels.
func (l outcome) usesAllLabels() bool {
	return l.fewShot == nil && (l.supervised == nil || l.supervised.LabelsPerClass == 0)
}
