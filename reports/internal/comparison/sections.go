package comparison

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// Sections are one section for each data set that has something to compare:
// several results, or published ones.
func Sections(rs []record.Record, names []string) []page.Section {
	var out []page.Section
	for i, g := range results.Groups(rs) {
		data := results.DataName(rs[g[0]])
		_, quoted := quotedFor(data)
		if len(g) < 2 && !quoted {
			continue
		}
		s := page.Section{ID: fmt.Sprintf("compare-%d", i+1), Title: "Results on " + data}
		if quoted {
			s.Title += " beside the paper"
		}
		s.Blocks = slices.Concat(
			accuracyFigures(s.ID, rs, names, g),
			paperBlocks(rs, names, g),
			depthFigures(s.ID, rs, names, g),
			labelsBlocks(s.ID, rs, names, g),
			neighbourBlocks(rs, names, g),
		)
		if len(s.Blocks) > 0 { // results of different protocols may have nothing in common
			out = append(out, s)
		}
	}
	return out
}

// dotsGroup is results of one protocol to be drawn on one axis.
type dotsGroup struct {
	what    string // begins the caption
	rows    []figures.Row
	quoted  bool
	errors  bool
	meaning string // of the intervals
}

// wilsonMeaning and drawsMeaning say what an interval covers.
const (
	wilsonMeaning = "with their 95 % intervals: if two intervals overlap widely, the difference may be chance"
	drawsMeaning  = "with the 95 % intervals of their means over draws"
)

// accuracyFigures draw the results of each protocol that has several, or has
// published ones, beside one another.
func accuracyFigures(id string, rs []record.Record, names []string, g []int) []page.Block {
	data := results.DataName(rs[g[0]])
	q, _ := quotedFor(data)
	full := dotsGroup{what: "Accuracy on " + data, meaning: wilsonMeaning}
	few := dotsGroup{what: "Accuracy on " + data + " with 400 labels per class", meaning: drawsMeaning}
	svhn := dotsGroup{what: "Error on " + data + " with 1000 labels", errors: true, meaning: "with the range of 95 % of the draws (±1.96 standard deviations), of a supervised network the 95 % interval"}
	for _, i := range g {
		l := results.Of(rs[i])
		row := figures.Row{Label: names[i], Value: l.Test, Lo: l.TestLo, Hi: l.TestHi, Strong: true}
		switch {
		case l.Apart:
			row.Label += ", " + l.Name
			full.rows = append(full.rows, row)
		case l.UsesAllLabels():
			full.rows = append(full.rows, row)
		case l.Paper == results.CIFAR400:
			few.rows = append(few.rows, row)
		case l.Paper == results.SVHN1000:
			row.Value, row.Lo, row.Hi = 1-l.Test, 1-l.TestHi, 1-l.TestLo
			if l.Draws.N > 0 {
				row.Lo, row.Hi = max(0, 1-l.Draws.Hi), min(1, 1-l.Draws.Lo)
			}
			svhn.rows = append(svhn.rows, row)
		}
	}
	switch results.Family(data) {
	case "cifar10":
		full.quote(q, func(r quotedRow) string { return r.value })
		few.quote(q, func(r quotedRow) string { return r.extra })
	case "svhn":
		svhn.quote(q, func(r quotedRow) string { return r.value })
	}
	var out []page.Block
	for n, d := range []dotsGroup{full, few, svhn} {
		if len(d.rows) > 1 {
			out = append(out, d.figures(fmt.Sprintf("%s-%d", id, n+1))...)
		}
	}
	return out
}

// quote adds the published rows, where there are ours to compare with.
func (d *dotsGroup) quote(q quote, get func(quotedRow) string) {
	if len(d.rows) == 0 {
		return
	}
	d.quoted = true
	for _, r := range q.rows {
		v, half := share(get(r))
		d.rows = append(d.rows, figures.Row{Label: r.method, Value: v, Lo: v - half, Hi: v + half, Quoted: true})
	}
}

// figures draws the rows, best first, in as many figures as they need.
func (d dotsGroup) figures(name string) []page.Block {
	rows := slices.DeleteFunc(d.rows, func(r figures.Row) bool { return math.IsNaN(r.Value) })
	axis := "accuracy"
	slices.SortStableFunc(rows, func(a, b figures.Row) int { return cmp.Compare(b.Value, a.Value) })
	if d.errors {
		axis = "error"
		slices.SortStableFunc(rows, func(a, b figures.Row) int { return cmp.Compare(a.Value, b.Value) })
	}
	caption := d.what + ". Dots are measured here, " + d.meaning + ". The axis does not begin at 0."
	if d.quoted {
		caption += " Grey diamonds are quoted from the paper, ranges as printed, and were not measured here."
	}
	var out []page.Block
	for n, part := range slices.Collect(slices.Chunk(rows, figures.MaxRows)) {
		out = append(out, page.Figure{
			Name:    fmt.Sprintf("%s-%d", name, n+1),
			Caption: caption,
			Drawing: figures.Dots(part, figures.DotsOptions{Axis: axis, Span: rows}),
		})
	}
	return out
}
