package reports

import (
	"fmt"
	"strings"
	"testing"

	"repbench/reports/internal/comparison"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// manyResults are n results on one data set that nothing is quoted for, the best first.
func manyResults(n int) []record.Record {
	var rs []record.Record
	for i := range n {
		r := fakeRecord(fmt.Sprintf("random:%02d", i), 0.9-float64(i)/100, 0)
		r.Data.Name = "shapes"
		rs = append(rs, r)
	}
	return rs
}

// drawn are the labels that a figure names.
func drawn(f page.Figure, names []string) (out []string) {
	var all strings.Builder
	for _, s := range f.Drawing.Text() {
		all.WriteString(s)
	}
	for _, n := range names {
		if strings.Contains(all.String(), n) {
			out = append(out, n)
		}
	}
	return out
}

// A first figure that is low enough moves into the summary, and its section goes with
// it where nothing else is in it; one that is too high stays, and the ten best results
// of as many labels stand in the summary.
func TestLead(t *testing.T) {
	few := manyResults(2)
	low, high := manyResults(4), manyResults(30)
	labelled := manyResults(30) // the best are on few labels, and stand behind the results on all labels
	labelled = append(labelled, fakeFew("few", "few-shot", 0.95, 10, 0))
	labelled[30].Data.Name = "shapes"
	var layered, sets []record.Record
	for i := range 3 {
		r := fakeRecord(fmt.Sprint("deep:", i), 0.8-float64(i)/10, 3)
		r.Data.Name = "shapes"
		layered = append(layered, r)
		r.Data.Name, r.Encoder.Spec = "others", fmt.Sprint("other:", i)
		sets = append(sets, r)
	}
	sets = append(sets, layered...)
	tests := []struct {
		name     string
		rs       []record.Record
		end      int // figures at the end of the summary
		sections int // left behind
		blocks   int // left in the first of them
		named    int
		best     bool
	}{
		{"two", few, 0, 0, 0, 2, false},
		{"low", low, 0, 0, 0, 4, false},
		{"low, with layers", layered, 1, 0, 0, 3, false},
		{"two data sets with layers", sets, 0, 2, 1, 3, false},
		{"too high", high, 0, 1, 1, 10, true},
		{"too high, with results on few labels", labelled, 0, 1, 2, 10, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names := results.Labels(tt.rs)
			first, end, left := lead(comparison.Sections(tt.rs, names), tt.rs, names)
			if len(first) != 1 || len(end) != tt.end || len(left) != tt.sections {
				t.Fatalf("%d and %d blocks and %d sections, want 1, %d and %d", len(first), len(end), len(left), tt.end, tt.sections)
			}
			if len(left) > 0 && len(left[0].Blocks) != tt.blocks {
				t.Errorf("%d blocks are left behind", len(left[0].Blocks))
			}
			f := first[0].(page.Figure)
			got := drawn(f, names)
			if len(got) != tt.named || got[0] != names[0] || got[len(got)-1] != names[tt.named-1] {
				t.Errorf("the figure names %q", got)
			}
			if f.Drawing.H > leadHeight {
				t.Errorf("the figure is %v high", f.Drawing.H)
			}
			if best := strings.HasPrefix(f.Caption, "The best 10 results on shapes"); best != tt.best {
				t.Errorf("caption %q", f.Caption)
			}
			checkDocument(t, build(&Input{Records: tt.rs}, Options{}))
		})
	}
}

// Sections that do not begin with a figure stay as they are, and so does a report
// without any.
func TestLeadWithoutFigure(t *testing.T) {
	rs := manyResults(2)
	s := []page.Section{{ID: "a", Title: "A", Blocks: []page.Block{page.Text("words")}}}
	if first, _, left := lead(s, rs, results.Labels(rs)); first != nil || len(left) != 1 || len(left[0].Blocks) != 1 {
		t.Errorf("%v and %v", first, left)
	}
	if first, _, left := lead(nil, rs, results.Labels(rs)); first != nil || left != nil {
		t.Errorf("%v and %v of nothing", first, left)
	}
}
