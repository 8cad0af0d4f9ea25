package generator

import (
	"fmt"

	"repbench/eval/nnc"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

// NNC is the table of a classification of test images by their nearest labelled sample, beside real
// images, and the rows of the paper where the test images are MNIST's.
func NNC(r *nnc.Result, mnist bool) []page.Block {
	t := page.Table{
		Caption: "Test images with the class of their nearest labelled image. Intervals are Wilson's of the test images: another training would give another generator, which is not in them.",
		Columns: []page.Column{{Title: "Nearest of"}, {Title: "Images", Right: true}, {Title: "Test error", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Errors", Right: true}, {Title: "Mean distance", Right: true}},
	}
	row := func(name string, p nnc.Point) {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			name, format.Count(int(p.N)), format.Percent(p.Error), format.Interval95(p.CI95[0], p.CI95[1]) + " %", fmt.Sprint(p.Errors), fmt.Sprintf("%.4f", p.NND)}})
	}
	for _, p := range r.Results {
		row("generated samples", p)
	}
	for _, p := range r.Real {
		row(RealRows(p.Rows), p.Point)
	}
	out := []page.Block{t}
	if mnist {
		out = append(out, paperNNC())
	}
	return out
}

// RealRows says which training images a row of real images is of.
func RealRows(rows string) string {
	switch rows {
	case nnc.RowsAll:
		return "real images, all"
	case nnc.RowsFirst:
		return "real images, the first of the file"
	case nnc.RowsReleased:
		return "real images, the first in the released order"
	}
	return "real images"
}

// paperNNC quotes the paper's table.
func paperNNC() page.Table {
	t := page.Table{
		Caption: "Quoted from Radford, Metz and Chintala 2015 (arXiv 1511.06434), MNIST; not measured here. Its row of real data is reached with all 60,000 training images.",
		Columns: []page.Column{{Title: "Nearest of"}, {Title: "Error, 50,000 samples", Right: true}, {Title: "Error, 10 million", Right: true}},
	}
	text := func(v float64) string {
		if v == 0 {
			return format.None
		}
		return format.Percent(v)
	}
	for _, p := range nnc.Paper() {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{p.Name, text(p.Error50k), text(p.Error10M)}})
	}
	return t
}

// NNCInShort is such a classification in a few words.
func NNCInShort(r *nnc.Result) string {
	if len(r.Results) == 0 {
		return format.None
	}
	p := r.Results[len(r.Results)-1]
	return fmt.Sprintf("%s wrong by %s samples", format.Percent(p.Error), format.Count(int(p.N)))
}
