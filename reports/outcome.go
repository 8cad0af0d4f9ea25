package reports

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// view is a result of one kind as reports show it. There is one file for each kind,
// kind_….go, and one line in the table of kinds.
type view interface {
	// check says what is wrong with the result that would make a report lie or break.
	check() error
	// outcome are its numbers.
	outcome(r record.Record) outcome
	// headline are the numbers to see first.
	headline(l outcome) page.Tiles
	// sentence says in words what was done.
	sentence(r record.Record, l outcome) string
	// facts adds what no other kind has to the table of settings.
	facts(add func(key, value string))
}

// outcome is what the report shows of a result of any kind, apart from the
// result's own layout; a number that is not known is NaN, a count 0.
type outcome struct {
	kind string
	// protocol is the protocol's own name, name says it in a few words: "linear",
	// "svhn-1000", "few-shot, 10 a class", "k-NN (instdisc)".
	protocol, name string
	// knob is what was fixed or selected: "C"; setting is its value with its name.
	knob, setting        string
	c                    float64
	train                float64
	test, testLo, testHi float64
	selectedOn           measure.Selection
	reportedOn           string
	objective, gap       float64
	iterations           int
	converged            bool
	fitSeconds           float64
	selectSeconds        float64
	peakBytes            int64
	products             string
	warnings             []string
	grid                 []gridPoint
	layers               []layer
	confusion            [][]int
	classes              []string
	nTrain, nTest, dim   int
	mistakes             []eval.Mistake
	// labelsPerClass is the number of labels of each class that a fit saw, nLabels that
	// of all; 0 labels per class: all there are.
	labelsPerClass, nLabels int
	draws                   draws
	// apart is set where results are no linear classifier's and say so beside their
	// name in comparisons.
	apart bool
	// paper is the protocol of the paper's tables that the result belongs to, "" for none.
	paper string
	// convention is that of k-nearest-neighbour results, preset its name.
	convention, preset string
	k                  int
}

// draws is what only a result over draws of labels has.
type draws struct {
	n int // 0: there were none
	// sd is the standard deviation over the draws, lo and hi are the mean less
	// and plus 1.96 of it; NaN with a single draw or none.
	sd, lo, hi float64
}

// unknown is an outcome of which no number is known.
func unknown(kind string) outcome {
	return outcome{
		kind: kind, c: nan, train: nan, test: nan, testLo: nan, testHi: nan, objective: nan, gap: nan, fitSeconds: nan,
		draws: draws{sd: nan, lo: nan, hi: nan},
	}
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
	ci := measure.Interval(i, value)
	if ci == nil {
		return nan, nan
	}
	return ci[0], ci[1]
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

// The protocols of the paper's tables.
const (
	svhn1000 = "svhn-1000"
	cifar400 = "cifar10-400"
)

// usesAllLabels reports whether the result is of all training labels.
func (l outcome) usesAllLabels() bool { return l.labelsPerClass == 0 }

// track is the number of labels a class of a result on few labels, and more than
// any of those for a result on all.
func (l outcome) track() int {
	if l.usesAllLabels() {
		return math.MaxInt
	}
	return l.labelsPerClass
}

// accuracyTile is the tile of the accuracy, with its label.
func accuracyTile(label string, l outcome) page.Tile {
	return page.Tile{Label: label + l.report(), Value: percent(l.test), Detail: "95 %: " + interval95(l.testLo, l.testHi) + " %"}
}

// imagesTile is the tile of the numbers of images.
func imagesTile(l outcome) page.Tile {
	return page.Tile{Label: "Training images", Value: count(l.nTrain), Detail: count(l.nTest) + " test images"}
}

// costTile and featuresTile are the tiles of C and of the number of columns.
func costTile(l outcome) page.Tile {
	return page.Tile{Label: "Penalty C", Value: number(l.c), Detail: l.selection()}
}

func featuresTile(l outcome) page.Tile {
	return page.Tile{Label: "Features", Value: count(l.dim), Detail: "numbers an image"}
}

// testImages says what the accuracy is on, with the number of images.
func (l outcome) testImages() string { return l.report() + " (" + count(l.nTest) + " images)" }

// chosen ends a sentence with how the setting came about.
func (l outcome) chosen() string { return " " + l.setting + " was " + l.selection() + "." }

// rounded keeps three digits.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// family reduces the name of a data set to the one that the paper uses: parts
// after the name ("cifar10-jpeg", "svhn:small") do not count, but "cifar100" is
// another set.
func family(data string) string {
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
