package generator

import (
	"fmt"
	"slices"

	"repbench/eval"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/vis"
)

// FigureInShort is the first score of a figure beside its control.
func FigureInShort(r *vis.Result) string {
	if len(r.Scores) == 0 {
		return format.None
	}
	s := r.Scores[0]
	out := results.ScoreName(s) + " " + digits(s.Value)
	if s.Control != nil {
		out += ", control " + digits(*s.Control)
	}
	return out
}

// Inside are the pictures of a figure that looks inside a network, with its scores and controls.
// found are the contents of pictures by their SHA-256.
func Inside(id string, r *vis.Result, found map[string][]byte) []page.Block {
	var out []page.Block
	var missing []string
	for i, p := range r.Pictures {
		clean, w, h, err := results.CleanFigure(found[p.SHA256])
		switch {
		case found[p.SHA256] == nil:
			missing = append(missing, fmt.Sprintf("The picture %s is not beside the records, or is another one now. Copy it there, or make the figure again.", format.Text(p.Path, 200)))
		case err != nil:
			missing = append(missing, fmt.Sprintf("The picture %s is not shown: %s.", format.Text(p.Path, 200), format.Text(err.Error(), 200)))
		default:
			out = append(out, page.Pictures{Large: true, Words: true, Caption: format.Text(p.Caption, 1000),
				Items: []page.Picture{{Name: fmt.Sprintf("%s-figure-%d", id, i+1), Label: format.Text(p.Path, 200), PNG: clean, W: w, H: h}}})
		}
	}
	if len(missing) > 0 {
		out = append(out, page.Callout{Kind: page.Note, Items: missing})
	}
	return append(out, scoreTable(r)...)
}

// scoreTable is a table of the scores of a figure; none of a figure without scores.
func scoreTable(r *vis.Result) []page.Block {
	if len(r.Scores) == 0 {
		return nil
	}
	t := page.Table{
		Caption: "Each score beside the score of the control. A picture convinces only as far as its score differs from the control's.",
		Columns: []page.Column{{Title: "Score"}, {Title: "Value", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Control", Right: true}, {Title: "n", Right: true},
			{Title: "Better"}, {Title: "What it is"}, {Title: "Control is"}},
	}
	for _, s := range r.Scores {
		better := format.Text(string(s.Better), 20)
		if better == "" {
			better = "neither"
		}
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{results.ScoreName(s), digits(s.Value), digitsBetween(s.CI95), optionalDigits(s.Control), format.Count(s.N),
			better, format.OrNone(format.Text(s.Of, 300)), format.OrNone(format.Text(s.Against, 300))}})
	}
	return []page.Block{page.Lifted(withoutEmpty(t, "95 % interval"), "Value", "95 % interval", "Control", "n", "Better")}
}

// digitsBetween are the ends of an interval.
func digitsBetween(ci *eval.Interval) string {
	if ci == nil {
		return format.None
	}
	return digits(ci[0]) + " to " + digits(ci[1])
}

// withoutEmpty leaves a column out that has no value in any row.
func withoutEmpty(t page.Table, title string) page.Table {
	i := slices.IndexFunc(t.Columns, func(c page.Column) bool { return c.Title == title })
	if slices.ContainsFunc(t.Rows, func(r page.TableRow) bool { return r.Cells[i] != format.None }) {
		return t
	}
	t.Columns = slices.Delete(t.Columns, i, i+1)
	for k := range t.Rows {
		t.Rows[k].Cells = slices.Delete(t.Rows[k].Cells, i, i+1)
	}
	return t
}
