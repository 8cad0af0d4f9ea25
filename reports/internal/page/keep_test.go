package page

import (
	"fmt"
	"strings"
	"testing"
)

// pageOf says on which page, from 1, the first text with each prefix stands.
func pageOf(t *testing.T, d Document, prefixes ...string) map[string]int {
	t.Helper()
	b, err := PDF(d)
	if err != nil {
		t.Fatal(err)
	}
	on := map[string]int{}
	for i, page := range pages(t, b) {
		for _, p := range page {
			for _, s := range prefixes {
				if on[s] == 0 && strings.HasPrefix(p.text, s) {
					on[s] = i + 1
				}
			}
		}
	}
	return on
}

// after is a document with the blocks after n lines of text.
func after(n int, blocks ...Block) Document {
	filler := Text(strings.Repeat("word ", 18*n))
	return Document{Title: "t", Sections: []Section{{ID: "a", Title: "A", Blocks: append([]Block{filler}, blocks...)}}}
}

// A short callout is not split over pages, wherever it begins.
func TestPDFKeepsShortCallout(t *testing.T) {
	moved := false
	for n := 36; n < 54; n += 3 {
		c := Callout{Items: []string{"alpha " + strings.Repeat("more ", 30), "omega"}}
		on := pageOf(t, after(n, c), "Notes", "alpha", "omega")
		if on["Notes"] == 0 || on["Notes"] != on["alpha"] || on["alpha"] != on["omega"] {
			t.Errorf("n=%d: the parts of a short callout are on the pages %v", n, on)
		}
		moved = moved || on["Notes"] == 2
	}
	if !moved {
		t.Error("no callout reached the end of the page: the test tests nothing")
	}
}

// A long callout may be split, but not behind its title.
func TestPDFKeepsTitleOfLongCallout(t *testing.T) {
	split := false
	for n := 46; n < 58; n++ {
		c := Callout{Kind: Warning, Items: []string{"alpha"}}
		for range 20 {
			c.Items = append(c.Items, strings.Repeat("more ", 30))
		}
		c.Items = append(c.Items, "omega")
		on := pageOf(t, after(n, c), "Warnings", "alpha", "omega")
		if on["Warnings"] == 0 || on["Warnings"] != on["alpha"] {
			t.Errorf("n=%d: title and first item are on the pages %v", n, on)
		}
		split = split || on["alpha"] != on["omega"]
	}
	if !split {
		t.Error("no long callout was split: the test tests nothing")
	}
}

// A heading stays with the tiles, the callout or the table that it begins with.
func TestPDFKeepsHeadingWithFirstBlock(t *testing.T) {
	first := map[string]Block{
		"tiles":   Tiles{{Label: "alpha", Value: "1", Detail: strings.Repeat("detail ", 12)}},
		"callout": Callout{Items: []string{"alpha", strings.Repeat("more ", 120)}},
		"table": Table{Caption: strings.Repeat("caption ", 30), Columns: []Column{{Title: "a"}},
			Rows: []TableRow{{Cells: []string{"alpha"}}, {Cells: []string{strings.Repeat("more ", 120)}}}},
	}
	for name, b := range first {
		for n := 36; n < 54; n += 3 {
			d := after(n)
			d.Sections = append(d.Sections, Section{ID: "b", Title: "Heading", Blocks: []Block{b, Facts{Items: []Fact{{"k", "v"}}}}})
			on := pageOf(t, d, "Heading", "alpha")
			if on["Heading"] == 0 || on["Heading"] != on["alpha"] {
				t.Errorf("%s, n=%d: heading and block are on the pages %v", name, n, on)
			}
		}
	}
}

// No page of a split list of facts holds fewer than three lines of it.
func TestPDFSplitsFacts(t *testing.T) {
	var f Facts
	for i := range 24 {
		f.Items = append(f.Items, Fact{fmt.Sprintf("fact%d.", i), strings.Repeat("long ", 8)})
	}
	split := false
	for n := 14; n < 24; n++ {
		on := pageOf(t, after(n, f), "fact0.", "fact2.", "fact21.", "fact23.")
		if on["fact0."] != on["fact2."] || on["fact21."] != on["fact23."] {
			t.Errorf("n=%d: the first and last lines are on the pages %v", n, on)
		}
		split = split || on["fact0."] != on["fact23."]
	}
	if !split {
		t.Error("no list was split: the test tests nothing")
	}
}

func TestFactLines(t *testing.T) {
	long := strings.Repeat("x", 40)
	tests := []struct {
		name, values, want string // values: s is a short fact, l a long one
	}{
		{"none", "", ""},
		{"short ones", "ssss", "0+1 2+3"},
		{"an odd one", "sss", "0+1 2"},
		{"long ones", "ll", "0 1"},
		{"a short one before long ones takes the next", "slls", "0+3 1 2"},
		{"order stays otherwise", "lssls", "0 1+2 3 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var items []Fact
			for i, c := range tt.values {
				f := Fact{Key: fmt.Sprint(i), Value: "short"}
				if c == 'l' {
					f.Value = long
				}
				items = append(items, f)
			}
			var got []string
			for _, line := range factLines(items) {
				var keys []string
				for _, f := range line {
					keys = append(keys, f.Key)
				}
				got = append(got, strings.Join(keys, "+"))
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("lines %q, want %q", s, tt.want)
			}
		})
	}
}
