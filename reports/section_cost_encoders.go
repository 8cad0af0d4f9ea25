package reports

import (
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// encoderCosts is what the features of an image cost, a row for each extraction; nothing when no record
// says so.
func encoderCosts(rs []record.Record, names []string) []page.Block {
	t := page.Table{
		Caption: "What the features of an image cost: multiply-adds in convolutions and products of matrices; the speed of the " +
			"extraction, with decoding; its operations (two for each multiply-add), its memory, and the images in one run.",
		Columns: []page.Column{{Title: "Encoder"}, {Title: "Multiply-adds, million", Right: true}, {Title: "Images/s", Right: true},
			{Title: "GFLOP/s", Right: true}, {Title: "Peak memory", Right: true}, {Title: "Batch", Right: true}},
	}
	type extraction struct {
		name string
		cost record.Cost
	}
	seen := map[extraction]bool{}
	for i, r := range rs {
		for _, c := range r.Costs {
			x := extraction{names[i] + " on " + results.DataName(r), c}
			if c.MultiplyAdds == 0 && c.ImagesPerSecond == 0 || seen[x] {
				continue
			}
			seen[x] = true
			t.Rows = append(t.Rows, page.TableRow{Link: results.SectionID(i + 1), Cells: []string{x.name, positive(float64(c.MultiplyAdds) / 1e6),
				positive(c.ImagesPerSecond), positive(c.GFLOPS), format.Size(c.PeakRSSBytes), format.Count(c.Batch)}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []page.Block{page.Lifted(t, page.Measures...)}
}

// positive is a number with three digits, or all of the whole number; none at 0.
func positive(v float64) string {
	switch {
	case v <= 0:
		return format.None
	case v >= 1000:
		return format.Count(int64(v + 0.5))
	}
	return format.Number(format.ThreeDigits(v))
}
