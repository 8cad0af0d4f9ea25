package reports

import (
	"cmp"
	"fmt"
	"slices"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
)

// topConfusions is how many pairs of classes the table of confusions holds, and
// fewConfusions how many where the matrix shows all numbers itself.
const (
	topConfusions = 10
	fewConfusions = 5
)

// confusionBlocks show which classes are taken for which.
func confusionBlocks(id string, l results.Outcome) []page.Block {
	k := len(l.Confusion)
	if k == 0 {
		return nil
	}
	names := make([]string, k)
	for i := range names {
		names[i] = l.Class(i)
	}
	out := []page.Block{page.Figure{
		Name:    id + "-confusion",
		Caption: confusionCaption(k, l.Report()),
		Drawing: figures.Confusion(l.Confusion, names),
	}}
	if k > figures.NamedClasses {
		out = append(out, hardest(l))
	}
	if t := confusions(l); len(t.Rows) > 0 {
		out = append(out, t)
	}
	return out
}

func confusionCaption(k int, on string) string {
	c := "Which class (row) was taken for which (column) on " + on + ". Blue on the diagonal is right, orange is wrong; " +
		"the shade grows with the square root of the share of the row, so that rare confusions can be seen."
	switch {
	case k > figures.NamedClasses:
		return c + fmt.Sprintf(" With %d classes names and numbers are left out; the tables name the classes that stand out.", k)
	case k > figures.NumberedClasses:
		return c + " n is the number of images of the row."
	default:
		return c + " Numbers are percent of the row; n is its number of images."
	}
}

// pair is a number of images of class truth that were taken for class taken.
type pair struct {
	truth, taken, n int
	share           float64
}

// confusions is the table of the most frequent mistakes, by share of the class.
func confusions(l results.Outcome) page.Table {
	var ps []pair
	for i, row := range l.Confusion {
		sum := rowSum(row)
		for j, n := range row {
			if i != j && n > 0 {
				ps = append(ps, pair{i, j, n, float64(n) / float64(sum)})
			}
		}
	}
	slices.SortStableFunc(ps, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(b.n, a.n))
	})
	t := page.Table{
		Caption: "The most frequent mistakes, by their share of the true class.",
		Columns: []page.Column{
			{Title: "True class"}, {Title: "Taken for"}, {Title: "Images", Right: true}, {Title: "Share of the class", Right: true},
		},
	}
	top := topConfusions
	if len(l.Confusion) <= figures.NamedClasses {
		top = fewConfusions
	}
	for _, p := range ps[:min(top, len(ps))] {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{l.Class(p.truth), l.Class(p.taken), format.Count(p.n), format.Percent(p.share)}})
	}
	return t
}

// hardest is the table of the classes that are least and most often right.
func hardest(l results.Outcome) page.Table {
	var ps []pair
	for i, row := range l.Confusion {
		if sum := rowSum(row); sum > 0 {
			ps = append(ps, pair{truth: i, n: sum, share: float64(row[i]) / float64(sum)})
		}
	}
	slices.SortStableFunc(ps, func(a, b pair) int { return cmp.Compare(a.share, b.share) })
	t := page.Table{
		Caption: "The classes that are right least often and most often.",
		Columns: []page.Column{
			{Title: "Hardest"}, {Title: "Right", Right: true}, {Title: "Easiest"}, {Title: "Right", Right: true},
		},
	}
	for i := range min(topConfusions, len(ps)/2) {
		lo, hi := ps[i], ps[len(ps)-1-i]
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{
			l.Class(lo.truth), format.Percent(lo.share), l.Class(hi.truth), format.Percent(hi.share),
		}})
	}
	return t
}

func rowSum(row []int) int {
	n := 0
	for _, v := range row {
		n += v
	}
	return n
}
