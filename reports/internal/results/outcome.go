// Package results has what reports show of a result, one file for each kind of result:
// what its numbers are, how they are checked and how they are put in words. ViewOf and Of
// open a record; Decode checks one that was read. A new kind of result is a file here, with
// a line in the table of kinds, and its type in the package that measures it.
package results

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// View is a result of one kind as reports show it. There is one file for each kind,
// kind_….go, and one line in the table of kinds.
type View interface {
	// check says what is wrong with the result that would make a report lie or break.
	check() error
	// Outcome are its numbers.
	Outcome(r record.Record) Outcome
	// Headline are the numbers to see first.
	Headline(l Outcome) page.Tiles
	// Sentence says in words what was done.
	Sentence(r record.Record, l Outcome) string
	// Facts adds what no other kind has to the table of settings.
	Facts(add func(key, value string))
}

// Outcome is what the report shows of a result of any kind, apart from the
// result's own layout; a number that is not known is NaN, a count 0.
type Outcome struct {
	// Kind is the kind of the record.
	Kind string
	// Protocol is the protocol's own name, Name says it in a few words: "linear",
	// "svhn-1000", "few-shot, 10 per class", "k-NN (instdisc)".
	Protocol, Name string
	// Knob is what was fixed or selected: "C"; Setting is its value with its name.
	Knob, Setting string
	// C is the penalty, Train the accuracy on the training images.
	C, Train float64
	// Test is the accuracy on the images of ReportedOn, with its 95 % interval.
	Test, TestLo, TestHi float64
	// SelectedOn says on what C or k was chosen, ReportedOn names the split of Test.
	SelectedOn measure.Selection
	ReportedOn string
	// Objective is the minimum that the solver found, Gap its duality gap, Iterations
	// the number it took; Converged says whether they were enough.
	Objective, Gap float64
	Iterations     int
	Converged      bool
	// FitSeconds and SelectSeconds are the times of the last fit and of choosing,
	// PeakBytes is the most memory of the process.
	FitSeconds, SelectSeconds float64
	PeakBytes                 int64
	// Products says what made the products of the fit.
	Products string
	// Warnings are the warnings of the evaluation.
	Warnings []string
	// Grid is the search over C or k, Layers are results on single layers.
	Grid   []GridPoint
	Layers []Layer
	// Confusion counts test images by true and by predicted class, Classes are the names.
	Confusion [][]int
	Classes   []string
	// NTrain and NTest are numbers of images, Dim is the number of features per image.
	NTrain, NTest, Dim int
	// Mistakes are the mistakes that the classifier was surest of.
	Mistakes []eval.Mistake
	// LabelsPerClass is the number of labels per class that a fit saw, NLabels the
	// number in all; 0 labels per class: all there are.
	LabelsPerClass, NLabels int
	// PerClass is LabelsPerClass in words where classes have different numbers: "4 to 18"; "": they have
	// not.
	PerClass string
	// Draws is what a result over draws of labels has.
	Draws Draws
	// Apart is set where results are no linear classifier's and say so beside their
	// name in comparisons.
	Apart bool
	// Paper is the protocol of the paper's tables that the result belongs to, "" for none.
	Paper string
	// Convention is the convention of k-nearest-neighbour results, Preset its name, K their k.
	Convention, Preset string
	K                  int
}

// Draws is what only a result over draws of labels has.
type Draws struct {
	// N is the number of draws; 0: there were none.
	N int
	// SD is the standard deviation over the draws, Lo and Hi are the mean less
	// and plus 1.96 of it; NaN with a single draw or none.
	SD, Lo, Hi float64
}

// unknown is an outcome of which no number is known.
func unknown(kind string) Outcome {
	nan := format.NaN
	return Outcome{
		Kind: kind, C: nan, Train: nan, Test: nan, TestLo: nan, TestHi: nan, Objective: nan, Gap: nan, FitSeconds: nan,
		Draws: Draws{SD: nan, Lo: nan, Hi: nan},
	}
}

// Layer is the result on one layer's features alone.
type Layer struct {
	// Name is the layer's, Dim the number of its features.
	Name string
	Dim  int
	// C is the penalty, Test the accuracy with its interval, Train the accuracy on the
	// training images.
	C            float64
	Test, Lo, Hi float64
	Train        float64
	// Seconds is the time of the fit.
	Seconds float64
	// SD is the standard deviation over the draws of a result on few labels.
	SD float64
}

// GridPoint is one candidate of the search over C or k.
type GridPoint struct {
	// At is C or k, Value the accuracy there with its interval.
	At, Value, Lo, Hi float64
	// Selected marks the candidate that was chosen.
	Selected bool
}

// costGrid is the search over C.
func costGrid(grid []eval.GridPoint, selected float64) []GridPoint {
	var out []GridPoint
	for _, g := range grid {
		p := GridPoint{At: g.C, Value: g.Accuracy, Selected: g.C == selected}
		p.Lo, p.Hi = ends(g.CI95, g.Accuracy)
		out = append(out, p)
	}
	return out
}

// ends are the ends of an interval, NaN for one that was never set: [0, 0]
// around something else.
func ends(i eval.Interval, value float64) (lo, hi float64) {
	ci := measure.Interval(i, value)
	if ci == nil {
		return format.NaN, format.NaN
	}
	return ci[0], ci[1]
}

// Class is the name of class i, its number where it has none.
func (l Outcome) Class(i int) string {
	if i >= 0 && i < len(l.Classes) {
		return cmp.Or(format.Text(l.Classes[i], 40), format.Itoa(i))
	}
	return format.Itoa(i)
}

// NClasses is the number of classes, 0 when it is not known.
func (l Outcome) NClasses() int { return max(len(l.Classes), len(l.Confusion)) }

// The protocols of the paper's tables.
const (
	SVHN1000 = "svhn-1000"
	CIFAR400 = "cifar10-400"
)

// UsesAllLabels reports whether the result is of all training labels.
func (l Outcome) UsesAllLabels() bool { return l.LabelsPerClass == 0 }

// Track is the number of labels per class of a result on few labels; for a result on all
// labels it is greater than any such number.
func (l Outcome) Track() int {
	if l.UsesAllLabels() {
		return math.MaxInt
	}
	return l.LabelsPerClass
}

// accuracyTile is the tile of the accuracy, with its label.
func accuracyTile(label string, l Outcome) page.Tile {
	return page.Tile{Label: label + l.Report(), Value: format.Percent(l.Test), Detail: "95 %: " + format.Interval95(l.TestLo, l.TestHi) + " %"}
}

// imagesTile is the tile of the numbers of images.
func imagesTile(l Outcome) page.Tile {
	return page.Tile{Label: "Training images", Value: format.Count(l.NTrain), Detail: format.Count(l.NTest) + " test images"}
}

// costTile and featuresTile are the tiles of C and of the number of columns.
func costTile(l Outcome) page.Tile {
	return page.Tile{Label: "Penalty C", Value: format.Number(l.C), Detail: l.Selection()}
}

func featuresTile(l Outcome) page.Tile {
	return page.Tile{Label: "Features", Value: format.Count(l.Dim), Detail: "numbers per image"}
}

// testImages says what the accuracy is on, with the number of images.
func (l Outcome) testImages() string { return l.Report() + " (" + format.Count(l.NTest) + " images)" }

// chosen ends a sentence with how the setting came about.
func (l Outcome) chosen() string { return " " + l.Setting + " was " + l.Selection() + "." }

// rounded keeps three digits.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// Family reduces the name of a data set to the one that the paper uses: parts
// after the name ("cifar10-jpeg", "svhn:small") do not count, but "cifar100" is
// another set.
func Family(data string) string {
	name := strings.ToLower(data)
	for _, known := range []struct{ start, family string }{
		{"cifar10", "cifar10"}, {"cifar-10", "cifar10"}, {"svhn", "svhn"}, {"mnist", "mnist"},
	} {
		rest, ok := strings.CutPrefix(name, known.start)
		if ok && (rest == "" || strings.ContainsRune("-_:=./ ", rune(rest[0]))) {
			return known.family
		}
	}
	return ""
}
