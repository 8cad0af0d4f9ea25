package comparison

import (
	"slices"

	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// neighbourBlocks are the table of k-nearest-neighbour results, which mean
// nothing without their convention.
func neighbourBlocks(rs []record.Record, names []string, g []int) []page.Block {
	g = slices.DeleteFunc(slices.Clone(g), func(i int) bool { return !results.Of(rs[i]).Apart })
	if len(g) == 0 {
		return nil
	}
	t := page.Table{
		Caption: "Classification by the k nearest neighbours. Conventions differ between programs, so each number stands beside its own.",
		Columns: []page.Column{
			{Title: "Encoder"}, {Title: "Preset"}, {Title: "k", Right: true}, {Title: "Accuracy", Right: true},
			{Title: "95 % interval", Right: true}, {Title: "Selected on"}, {Title: "Reported on"}, {Title: "Convention"},
		},
	}
	for _, i := range g {
		l := results.Of(rs[i])
		t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(i + 1), Cells: []string{
			names[i], format.OrNone(format.Text(l.Preset, 30)), format.Count(l.K), format.Percent(l.Test), format.Interval95(l.TestLo, l.TestHi),
			l.SelectionShort(), l.ReportShort(), format.OrNone(format.Text(l.Convention, 300)),
		}})
	}
	return []page.Block{page.Lifted(t, page.Measures...)}
}
