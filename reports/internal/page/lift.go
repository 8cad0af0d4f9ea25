package page

import (
	"slices"

	"repbench/reports/internal/format"
)

// Lifted moves the columns whose cells are equal in all rows into the line above the
// table, so that what is left fits a page; the first column and the columns of the given
// titles stay. A table of one row stays as it is.
func Lifted(t Table, keep ...string) Table {
	if len(t.Rows) < 2 {
		return t
	}
	out := Table{Caption: t.Caption, Common: t.Common}
	var stay []int
	for i, c := range t.Columns {
		first := t.Rows[0].Cells[i]
		differs := func(r TableRow) bool { return r.Cells[i] != first }
		if i > 0 && !slices.Contains(keep, c.Title) && !slices.ContainsFunc(t.Rows, differs) {
			if first != format.None { // a column without any value says nothing
				out.Common = append(out.Common, Fact{Key: c.Title, Value: first})
			}
			continue
		}
		stay = append(stay, i)
		out.Columns = append(out.Columns, c)
	}
	for _, r := range t.Rows {
		var cells []string
		for _, i := range stay {
			cells = append(cells, r.Cells[i])
		}
		r.Cells = cells
		out.Rows = append(out.Rows, r)
	}
	return out
}

// Measures are the titles of columns that stay in their tables: what is compared.
var Measures = []string{"Accuracy", "95 % interval", "Error", "95 % interval of the mean"}
