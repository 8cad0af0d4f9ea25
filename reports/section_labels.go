package reports

import (
	"cmp"
	"slices"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// labelsBlocks show the results on few labels: accuracy against their number,
// and a table.
func labelsBlocks(id string, rs []record.Record, names []string, g []int) []page.Block {
	g = slices.DeleteFunc(slices.Clone(g), func(i int) bool { return outcomeOf(rs[i]).draws.n == 0 })
	if len(g) == 0 {
		return nil
	}
	return append(labelsFigures(id, rs, names, g), labelsTable(rs, names, g))
}

// labelsFigures draw one line for each encoder that has results at several
// numbers of labels; those with one are in the table alone.
func labelsFigures(id string, rs []record.Record, names []string, g []int) []page.Block {
	var lines []figures.Line
	xs := map[int]bool{}
	var seen []record.Record
	for _, i := range g {
		if slices.ContainsFunc(seen, func(r record.Record) bool { return sameSeries(r, rs[i]) }) {
			continue
		}
		seen = append(seen, rs[i])
		line, at := figures.Line{Name: text(rs[i].Encoder.Spec, 60)}, map[int]bool{}
		for _, j := range g {
			l := outcomeOf(rs[j])
			n := l.labelsPerClass
			if !sameSeries(rs[i], rs[j]) || at[n] {
				continue
			}
			at[n] = true
			line.Points = append(line.Points, figures.LinesPoint{X: float64(n), Value: l.test, Lo: l.testLo, Hi: l.testHi})
		}
		if len(at) < 2 {
			continue
		}
		slices.SortFunc(line.Points, func(a, b figures.LinesPoint) int { return cmp.Compare(a.X, b.X) })
		for n := range at {
			xs[n] = true
		}
		lines = append(lines, numbered(line, lines))
	}
	if len(lines) == 0 {
		return nil
	}
	var ticks []figures.LinesTick
	for n := range xs {
		ticks = append(ticks, figures.LinesTick{X: float64(n), Label: itoa(n)})
	}
	slices.SortFunc(ticks, func(a, b figures.LinesTick) int { return cmp.Compare(a.X, b.X) })
	caption := "Accuracy against the number of labels a class on " + outcomeOf(rs[g[0]]).report() +
		", means over draws of labels with the 95 % intervals of these means. " + selections(rs, g) + " The axis of labels is logarithmic; that of accuracy does not begin at 0."
	o := figures.LinesOptions{Axis: "accuracy", XAxis: "labels a class (logarithmic)", Log: true, Ticks: ticks, Span: lines}
	return lineFigures(id+"-labels", caption, lines, o)
}

// sameSeries reports whether results differ in the number of labels alone. The
// protocol may differ too: cifar10-400 is a few-shot protocol at 400.
func sameSeries(a, b record.Record) bool { return sameWork(a, b) && a.Seed == b.Seed }

// numbered gives a line whose name is taken another one.
func numbered(l figures.Line, others []figures.Line) figures.Line {
	n := 1
	for _, o := range others {
		if o.Name == l.Name || o.Name == l.Name+" ("+itoa(n)+")" {
			n++
		}
	}
	if n > 1 {
		l.Name += " (" + itoa(n) + ")"
	}
	return l
}

func labelsTable(rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: "Results on few labels: each is the mean over draws of the labels. The 95 % interval is that of the mean; " +
			"± is 1.96 standard deviations of a single draw, the range that the paper prints.",
		Columns: []page.Column{
			{Title: "Encoder"}, {Title: "Protocol"}, {Title: "Labels a class", Right: true}, {Title: "Draws", Right: true},
			{Title: "Accuracy", Right: true}, {Title: "95 % interval", Right: true}, {Title: "± 1.96 sd", Right: true},
			{Title: "Selected on"}, {Title: "Reported on"},
		},
	}
	for _, i := range g {
		l := outcomeOf(rs[i])
		spread := percent(1.96 * l.draws.sd)
		t.Rows = append(t.Rows, page.TableRow{Link: resultID(i + 1), Cells: []string{
			names[i], orNone(text(l.protocol, 60)), count(l.labelsPerClass), count(l.draws.n), percent(l.test),
			interval95(l.testLo, l.testHi), spread, l.selectionShort(), l.reportShort(),
		}})
	}
	return lifted(t, measures...)
}
