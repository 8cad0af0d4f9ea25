package page

import (
	"fmt"
	"strings"
	"testing"

	"repbench/reports/internal/figures"
)

// checkLeaves fails for a page that leaves more than a tenth of its body empty and is
// not the last of a section.
func checkLeaves(t *testing.T, d Document) []Leaf {
	t.Helper()
	leaves, err := Leaves(d)
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range leaves {
		if l.Empty > emptyShare && !l.SectionEnds {
			t.Errorf("page %d of %d is empty by %.0f %%", i+1, len(leaves), 100*l.Empty)
		}
	}
	return leaves
}

// Wherever a figure that does not fit begins, what stands below it moves up.
func TestLeavesAreFull(t *testing.T) {
	counts := make([][]int, 10)
	for i := range counts {
		counts[i] = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	}
	figure := Figure{Name: "f", Caption: "caption", Drawing: figures.Confusion(counts, strings.Fields("a b c d e f g h i j"))}
	table := Table{Caption: "caption", Columns: []Column{{Title: "a"}}}
	for i := range 12 {
		table.Rows = append(table.Rows, TableRow{Cells: []string{fmt.Sprint("row", i)}})
	}
	var facts Facts
	for i := range 40 {
		facts.Items = append(facts.Items, Fact{fmt.Sprint("fact", i), strings.Repeat("long ", 8)})
	}
	moved := false
	for n := 0; n < 50; n += 3 {
		d := after(n, figure, table, Pictures{Items: []Picture{somePicture(t, "p", 40, 40, 9)}, Large: true}, facts)
		leaves := checkLeaves(t, d)
		first := strings.Join(leaves[0].Blocks, " ")
		moved = moved || first == "text table" || first == "text table facts"
	}
	if !moved {
		t.Error("no table moved before its figure: the test tests nothing")
	}
}
