package reports

import (
	"fmt"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// costFigures draw accuracy against multiply-adds, one figure for each group of comparable results in
// which at least two encoders of different cost are counted.
func costFigures(rs []record.Record, names []string) []page.Block {
	var out []page.Block
	for _, group := range sameProtocol(rs) {
		var points []figures.CostPoint
		var without []string
		costs := map[float64]bool{}
		for _, i := range group {
			adds, l := multiplyAdds(rs[i]), results.Of(rs[i])
			if l.Test != l.Test {
				continue
			}
			if adds == 0 {
				without = append(without, names[i])
				continue
			}
			points = append(points, figures.CostPoint{Label: names[i], Cost: float64(adds), Value: l.Test, Lo: l.TestLo, Hi: l.TestHi})
			costs[float64(adds)] = true
		}
		if len(costs) < 2 {
			continue
		}
		first := rs[group[0]]
		out = append(out, page.Figure{
			Name: fmt.Sprintf("accuracy-cost-%d", len(out)+1),
			Caption: fmt.Sprintf("Accuracy against the multiply-adds of the encoder for an image, with 95 %% intervals: %s, %s.%s",
				results.DataName(first), results.Of(first).Name, costRemarks(points, without)),
			Drawing: figures.Costs(points, figures.CostsOptions{Cost: "multiply-adds per image", Value: "accuracy"}),
		})
	}
	return out
}

// costRemarks say what the line of a figure is, where it has one, and which results it does not hold.
func costRemarks(points []figures.CostPoint, without []string) string {
	text := ""
	if figures.Front(points) > 1 {
		text += " The line joins the encoders than which no cheaper one is better."
	}
	if hidden := len(points) - figures.MaxRows; hidden > 0 {
		text += fmt.Sprintf(" The %d of highest cost are not drawn.", hidden)
	}
	if len(without) > 0 {
		text += " Not drawn, as their multiply-adds are not counted: " + format.List(without) + "."
	}
	return text
}

// sameProtocol are the places of the records of each data set and protocol, in order.
func sameProtocol(rs []record.Record) [][]int {
	var out [][]int
	for _, group := range results.Groups(rs) {
		at := map[string]int{}
		for _, i := range group {
			name := results.Of(rs[i]).Name
			k, ok := at[name]
			if !ok {
				k, at[name] = len(out), len(out)
				out = append(out, nil)
			}
			out[k] = append(out[k], i)
		}
	}
	return out
}

// multiplyAdds is the cost of an image's features; 0: it is not known.
func multiplyAdds(r record.Record) int64 {
	for _, c := range r.Costs {
		if c.MultiplyAdds > 0 {
			return c.MultiplyAdds
		}
	}
	return 0
}
