package comparison

import (
	"cmp"
	"slices"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// labelsBlocks show the results on few labels: accuracy against their number,
// and a table.
func labelsBlocks(id string, rs []record.Record, names []string, g []int) []page.Block {
	g = slices.DeleteFunc(slices.Clone(g), func(i int) bool { return results.Of(rs[i]).Draws.N == 0 })
	if len(g) == 0 {
		return nil
	}
	return append(labelsFigures(id, rs, names, g), labelsTable(rs, names, g))
}

// labelsFigures draw one line for each encoder that has results at several
// numbers of labels; encoders with one such result are in the table alone.
func labelsFigures(id string, rs []record.Record, names []string, g []int) []page.Block {
	var lines []figures.Line
	xs := map[int]bool{}
	var seen []record.Record
	for _, i := range g {
		if slices.ContainsFunc(seen, func(r record.Record) bool { return sameSeries(r, rs[i]) }) {
			continue
		}
		seen = append(seen, rs[i])
		line, at := figures.Line{Name: results.EncoderName(rs[i])}, map[int]bool{}
		for _, j := range g {
			l := results.Of(rs[j])
			n := l.LabelsPerClass
			if !sameSeries(rs[i], rs[j]) || at[n] {
				continue
			}
			at[n] = true
			line.Points = append(line.Points, figures.LinesPoint{X: float64(n), Value: l.Test, Lo: l.TestLo, Hi: l.TestHi})
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
		ticks = append(ticks, figures.LinesTick{X: float64(n), Label: format.Itoa(n)})
	}
	slices.SortFunc(ticks, func(a, b figures.LinesTick) int { return cmp.Compare(a.X, b.X) })
	caption := "Accuracy against the number of labels per class on " + results.Of(rs[g[0]]).Report() +
		", means over draws of labels with the 95 % intervals of these means. " + selections(rs, g) + " The axis of labels is logarithmic; the axis of accuracy does not begin at 0."
	o := figures.LinesOptions{Axis: "accuracy", XAxis: "labels per class (logarithmic)", Log: true, Ticks: ticks, Span: lines}
	return lineFigures(id+"-labels", caption, lines, o)
}

// sameSeries reports whether results differ in the number of labels alone. The
// protocol may differ too: cifar10-400 is a few-shot protocol at 400.
func sameSeries(a, b record.Record) bool { return sameWork(a, b) && a.Seed == b.Seed }

// numbered gives a line whose name is taken another one.
func numbered(l figures.Line, others []figures.Line) figures.Line {
	n := 1
	for _, o := range others {
		if o.Name == l.Name || o.Name == l.Name+" ("+format.Itoa(n)+")" {
			n++
		}
	}
	if n > 1 {
		l.Name += " (" + format.Itoa(n) + ")"
	}
	return l
}

func labelsTable(rs []record.Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: "Results on few labels: each is the mean over draws of the labels. The 95 % interval is the interval of the mean; " +
			"± is 1.96 standard deviations of a single draw, the range that the paper prints.",
		Columns: []page.Column{
			{Title: "Encoder"}, {Title: "Protocol"}, {Title: "Labels per class", Right: true}, {Title: "Draws", Right: true},
			{Title: "Accuracy", Right: true}, {Title: "95 % interval", Right: true}, {Title: "± 1.96 sd", Right: true},
			{Title: "Selected on"}, {Title: "Reported on"},
		},
	}
	for _, i := range g {
		l := results.Of(rs[i])
		spread := format.Percent(1.96 * l.Draws.SD)
		t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(i + 1), Cells: []string{
			names[i], format.OrNone(format.Text(l.Protocol, 60)), cmp.Or(l.PerClass, format.Count(l.LabelsPerClass)), format.Count(l.Draws.N), format.Percent(l.Test),
			format.Interval95(l.TestLo, l.TestHi), spread, l.SelectionShort(), l.ReportShort(),
		}})
	}
	return page.Lifted(t, page.Measures...)
}
