package reports

import (
	"fmt"
	"slices"
	"strings"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// maxConclusions is the number of data sets that the conclusion speaks of.
const maxConclusions = 4

// conclusion says in words which result is best on each data set, and whether the next one
// is within its interval.
func conclusion(rs []record.Record, names []string) string {
	gs := results.Groups(rs)
	var out []string
	for _, g := range gs[:min(len(gs), maxConclusions)] {
		out = append(out, conclusionOn(rs, names, g))
	}
	if n := len(gs) - maxConclusions; n > 0 {
		out = append(out, fmt.Sprintf("The table has %s more.", format.Plural(n, "data set")))
	}
	return strings.Join(out, " ")
}

// conclusionOn is the conclusion on one data set. The results are sorted: most labels first, and
// the best first among results on equally many labels.
func conclusionOn(rs []record.Record, names []string, g []int) string {
	best := results.Of(rs[g[0]])
	with := func(i int) string {
		l := results.Of(rs[i])
		s := names[i]
		if l.Kind != results.KindLinear {
			s += " (" + l.Name + ")"
		}
		return s + " with " + format.Percent(l.Test) + " (" + format.Interval95(l.TestLo, l.TestHi) + ")"
	}
	on := "On " + best.Report() + " of " + results.DataName(rs[g[0]])
	if !best.UsesAllLabels() {
		on += ", with " + format.Count(best.Track()) + " labels per class,"
	}
	if len(g) < 2 || results.Of(rs[g[1]]).Track() != best.Track() || results.Of(rs[g[1]]).Report() != best.Report() {
		return on + " there is one result: " + with(g[0]) + "."
	}
	next := results.Of(rs[g[1]])
	apart := "their 95 % intervals overlap, so the order of the two may be chance."
	switch {
	case best.TestLo != best.TestLo || next.TestHi != next.TestHi:
		apart = "not both have an interval, so nothing says whether their order is chance."
	case best.TestLo > next.TestHi:
		apart = "their 95 % intervals do not overlap."
	}
	return on + " the best is " + with(g[0]) + ", the next " + with(g[1]) + ": " + apart
}

// leadHeight is the greatest height of the figure that stands in the summary.
const leadHeight = 300

// lead takes the first figure of the first comparison into the summary, so that the first
// page has it. Of one that is too high it leaves the figure where it is and draws the
// best results alone. The one figure that may be left of the only comparison goes to the
// end of the summary.
func lead(sections []page.Section, rs []record.Record, names []string) (first, end []page.Block, left []page.Section) {
	if len(sections) == 0 {
		return nil, nil, sections
	}
	s := sections[0]
	f, ok := s.Blocks[0].(page.Figure)
	if !ok {
		return nil, nil, sections
	}
	if f.Drawing.H > leadHeight {
		return bestFigure(rs, names), nil, sections
	}
	first, s.Blocks, left = s.Blocks[:1], s.Blocks[1:], sections[1:]
	if len(s.Blocks) == 1 && len(left) == 0 {
		if _, ok := s.Blocks[0].(page.Figure); ok {
			return first, s.Blocks, left
		}
	}
	if len(s.Blocks) > 0 {
		left = slices.Insert(slices.Clone(left), 0, s)
	}
	return first, nil, left
}

// mostBest is the number of results in the figure of the best.
const mostBest = 10

// bestFigure draws the best results on the first data set that are of as many labels.
func bestFigure(rs []record.Record, names []string) []page.Block {
	g := results.Groups(rs)[0]
	best := results.Of(rs[g[0]])
	var rows []figures.Row
	for _, i := range g {
		l := results.Of(rs[i])
		if l.Track() == best.Track() && len(rows) < mostBest {
			rows = append(rows, figures.Row{Label: names[i], Value: l.Test, Lo: l.TestLo, Hi: l.TestHi, Strong: true})
		}
	}
	return []page.Block{page.Figure{
		Name:    "summary-best",
		Caption: fmt.Sprintf("The best %s on %s with their 95 %% intervals. The axis does not begin at 0.", format.Plural(len(rows), "result"), results.DataName(rs[g[0]])),
		Drawing: figures.Dots(rows, figures.DotsOptions{Axis: "accuracy"}),
	}}
}
