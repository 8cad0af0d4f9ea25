package reports

import (
	"slices"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// stages are the columns of the table of costs, in the order of the work; all
// others are added up in a last one.
var stages = []string{"extract", "select", "fit", "compare", "report"}

// costSection is what every stage of every result took; nothing when no record
// says so.
func costSection(rs []record.Record, names []string) []page.Section {
	shown := shownStages(rs)
	if len(shown) == 0 {
		return nil
	}
	t := page.Table{
		Caption: "Time of each stage, and the highest memory of the process up to its end where it was measured. " +
			"A stage whose outcome was already there took nothing and has none.",
		Columns: []page.Column{{Title: "Result"}},
	}
	for _, s := range shown {
		t.Columns = append(t.Columns, page.Column{Title: s, Right: true})
	}
	t.Columns = append(t.Columns, page.Column{Title: "Together", Right: true}, page.Column{Title: "Peak memory", Right: true})
	for i, r := range rs {
		if len(r.Costs) == 0 {
			continue
		}
		cells := []string{names[i] + " on " + results.DataName(r) + ", " + format.OrNone(results.Of(r).Name)}
		for _, s := range shown {
			cells = append(cells, cost(r.Costs, func(c record.Cost) bool { return column(c) == s }))
		}
		var all record.Cost
		for _, c := range r.Costs {
			all.Seconds, all.PeakRSSBytes = all.Seconds+c.Seconds, max(all.PeakRSSBytes, c.PeakRSSBytes)
		}
		t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(i + 1), Cells: append(cells, format.Seconds(all.Seconds), format.Size(all.PeakRSSBytes))})
	}
	blocks := append([]page.Block{t}, encoderCosts(rs, names)...)
	return []page.Section{{ID: "cost", Title: "Cost", Blocks: append(blocks, costFigures(rs, names)...)}}
}

// column is the title under which a stage is shown.
func column(c record.Cost) string {
	if i := slices.Index(stages, c.Stage); i >= 0 {
		return stageTitles[i]
	}
	return otherStages
}

// stageTitles are the stages as titles of columns.
var stageTitles = []string{"Extract", "Select", "Fit", "Compare", "Report"}

const otherStages = "Other"

// shownStages are the columns that any record fills, in their order.
func shownStages(rs []record.Record) []string {
	used := map[string]bool{}
	for _, r := range rs {
		for _, c := range r.Costs {
			used[column(c)] = true
		}
	}
	return slices.DeleteFunc(append(slices.Clone(stageTitles), otherStages), func(s string) bool { return !used[s] })
}

// cost adds up the stages of a column: "8.1 s, 1.50 GiB".
func cost(costs []record.Cost, in func(record.Cost) bool) string {
	var sum record.Cost
	found := false
	for _, c := range costs {
		if in(c) {
			sum.Seconds, sum.PeakRSSBytes, found = sum.Seconds+c.Seconds, max(sum.PeakRSSBytes, c.PeakRSSBytes), true
		}
	}
	switch {
	case !found:
		return format.None
	case sum.PeakRSSBytes > 0:
		return format.Seconds(sum.Seconds) + ", " + format.Size(sum.PeakRSSBytes)
	}
	return format.Seconds(sum.Seconds)
}
