package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"repbench/eval"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
)

// shownMistakes is the number of mistakes that are shown as pictures or rows.
const shownMistakes = 40

// mistakeBlocks show the mistakes that the classifier was surest of, as pictures
// where the record holds them, else as a table.
func mistakeBlocks(id string, l results.Outcome) []page.Block {
	ms := slices.Clone(l.Mistakes)
	slices.SortStableFunc(ms, func(a, b eval.Mistake) int {
		return cmp.Or(cmp.Compare(b.Margin, a.Margin), cmp.Compare(a.Row, b.Row))
	})
	ms = ms[:min(len(ms), shownMistakes)]
	var out []page.Block
	if g := mistakeGallery(id, l, ms); len(g.Items) > 0 {
		out = append(out, g)
	}
	ms = slices.DeleteFunc(ms, func(m eval.Mistake) bool { return len(m.PNG) > 0 })
	if len(ms) > 0 {
		out = append(out, mistakeTable(l, ms))
	}
	return out
}

const mistakeWords = "The mistakes that the classifier was surest of, on %s: the true class, the one that it was taken for, and the margin, " +
	"the score of the predicted class less the score of the true one."

func mistakeGallery(id string, l results.Outcome, ms []eval.Mistake) page.Gallery {
	g := page.Gallery{Caption: fmt.Sprintf(mistakeWords, l.Report()) + " Pictures chosen by their margins alone."}
	for i, m := range ms {
		clean, w, h, err := results.CleanPNG(m.PNG)
		if err != nil {
			continue // the record was validated, so this one has no picture
		}
		g.Items = append(g.Items, page.GalleryItem{
			Picture: page.Picture{
				Name:  fmt.Sprintf("%s-mistake-%d", id, i+1),
				Label: l.Class(int(m.Truth)) + " → " + l.Class(int(m.Predicted)),
				PNG:   clean, W: w, H: h,
			},
			Detail: "margin " + margin(m.Margin),
		})
	}
	return g
}

func mistakeTable(l results.Outcome, ms []eval.Mistake) page.Table {
	t := page.Table{
		Caption: fmt.Sprintf(mistakeWords, l.Report()),
		Columns: []page.Column{{Title: "Image"}, {Title: "True class"}, {Title: "Taken for"}, {Title: "Margin", Right: true}},
	}
	for _, m := range ms {
		name := format.Text(m.ID, 60)
		if name == "" {
			name = "row " + format.Itoa(m.Row)
		}
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{name, l.Class(int(m.Truth)), l.Class(int(m.Predicted)), margin(m.Margin)}})
	}
	return t
}

// margin writes a score with two decimals, a small one with two digits.
func margin(v float64) string {
	if v >= 0.1 && v < 1e6 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 2, 64)
}
