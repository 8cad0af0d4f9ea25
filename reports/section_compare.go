package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
)

// comparisons are one section for each data set that has something to compare:
// several results, or published ones.
func comparisons(rs []Record, names []string) []page.Section {
	var out []page.Section
	for i, g := range groups(rs) {
		data := dataName(rs[g[0]])
		q, quoted := quotedFor(data)
		if len(g) < 2 && !quoted {
			continue
		}
		s := page.Section{ID: fmt.Sprintf("compare-%d", i+1), Title: "Results on " + data}
		if quoted {
			s.Title += " beside the paper"
		}
		rows := comparedRows(rs, names, g)
		if quoted && q.comparable {
			rows = append(rows, quotedRows(q)...)
		}
		s.Blocks = append(s.Blocks, comparisonFigures(s.ID, data, rows, quoted && q.comparable)...)
		if quoted {
			s.Blocks = append(s.Blocks, quoteTable(q, rs, names, g))
		}
		out = append(out, s)
	}
	return out
}

// comparedRows are the measured rows of a figure.
func comparedRows(rs []Record, names []string, g []int) []figures.Row {
	var rows []figures.Row
	for _, i := range g {
		l := rs[i].outcome()
		rows = append(rows, figures.Row{Label: names[i], Value: l.test, Lo: l.testLo, Hi: l.testHi, Strong: true})
	}
	return rows
}

func quotedRows(q quote) []figures.Row {
	var rows []figures.Row
	for _, r := range q.rows {
		rows = append(rows, figures.Row{Label: r.method, Value: r.fraction(), Lo: nan, Hi: nan, Quoted: true})
	}
	return rows
}

// comparisonFigures draws the rows, best first, in as many figures as they need.
func comparisonFigures(id, data string, rows []figures.Row, quoted bool) []page.Block {
	rows = slices.DeleteFunc(rows, func(r figures.Row) bool { return math.IsNaN(r.Value) })
	slices.SortStableFunc(rows, func(a, b figures.Row) int { return cmp.Compare(b.Value, a.Value) })
	caption := "Accuracy on " + data + ". Dots are measured here, with their 95 % intervals: where two intervals overlap widely, " +
		"the difference may be luck. The axis does not begin at 0."
	if quoted {
		caption += " Grey diamonds are quoted from the paper and were not measured here."
	}
	var out []page.Block
	for n, part := range slices.Collect(slices.Chunk(rows, figures.MaxRows)) {
		out = append(out, page.Figure{
			Name:    fmt.Sprintf("%s-%d", id, n+1),
			Caption: caption,
			Drawing: figures.Dots(part, figures.DotsOptions{Axis: "accuracy", Span: rows}),
		})
	}
	return out
}

// quoteTable puts our rows and the published ones into one table.
func quoteTable(q quote, rs []Record, names []string, g []int) page.Table {
	t := page.Table{
		Caption: "Measured here, and below in grey italics quoted from " + source + " (“" + q.table + "”), not measured. " + q.conditions,
		Columns: []page.Column{
			{Title: "Method"}, {Title: "Accuracy", Right: true}, {Title: "95 % interval", Right: true},
			{Title: "Train images", Right: true}, {Title: "Where from"},
		},
	}
	if q.extra != "" {
		t.Columns = slices.Insert(t.Columns, 3, page.Column{Title: q.extra, Right: true})
	}
	for _, i := range g {
		l := rs[i].outcome()
		cells := []string{names[i], percent(l.test), interval95(l.testLo, l.testHi), count(l.nTrain), "measured here"}
		t.Rows = append(t.Rows, page.TableRow{Cells: withExtra(q, cells, none), Strong: true})
	}
	for _, r := range q.rows {
		cells := []string{r.method, orNone(r.accuracy), none, none, "quoted"}
		t.Rows = append(t.Rows, page.TableRow{Cells: withExtra(q, cells, orNone(r.extra)), Quoted: true})
	}
	return t
}

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

// withExtra puts the further column in its place, where there is one.
func withExtra(q quote, cells []string, extra string) []string {
	if q.extra == "" {
		return cells
	}
	return slices.Insert(cells, 3, extra)
}

// nan marks a number that is not known.
var nan = math.NaN()
