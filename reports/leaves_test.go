package reports

import (
	"slices"
	"strings"
	"testing"

	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// demoInput is what the demonstration makes: a run and three results with mistakes.
func demoInput(t *testing.T) *Input {
	t.Helper()
	in := fakeInput(t)
	in.Records = in.Records[:3]
	for i := range in.Records {
		r := &in.Records[i]
		r.Data.Name = "shapes"
		linearOf(r).Mistakes = fakeMistakes(t, 20)
		r.Costs = fakeCosts(5)
	}
	return in
}

// Pages are full but for the last of each section, and the first one has the conclusion,
// the figure and the table.
func TestLeaves(t *testing.T) {
	for name, in := range map[string]*Input{"demo": demoInput(t), "usual": fakeInput(t), "paper": paperInput(t), "generated": generatedInput(t)} {
		t.Run(name, func(t *testing.T) {
			sorted, err := in.sorted()
			if err != nil {
				t.Fatal(err)
			}
			leaves, err := page.Leaves(build(sorted, Options{}))
			if err != nil {
				t.Fatal(err)
			}
			full := 0
			for i, l := range leaves {
				if l.Empty > 0.1 && !l.SectionEnds {
					t.Errorf("page %d of %d is empty by %.0f %%, with %v", i+1, len(leaves), 100*l.Empty, l.Blocks)
				}
				if l.Empty <= 0.1 {
					full++
				}
			}
			if full < len(leaves)/2 {
				t.Errorf("%d of %d pages are full", full, len(leaves))
			}
			first := leaves[0].Blocks
			kinds := []string{"text", "figure", "table"}
			if name == "generated" {
				kinds = []string{"text", "table"}
			}
			for _, kind := range kinds {
				if !slices.Contains(first, kind) {
					t.Errorf("the first page has %v and no %s", first, kind)
				}
			}
			if name == "demo" && len(leaves) > 11 {
				t.Errorf("three results and a run take %d pages", len(leaves))
			}
		})
	}
}

func TestConclusion(t *testing.T) {
	tests := []struct {
		name string
		rs   []record.Record
		want string
	}{
		{"apart", []record.Record{fakeRecord("a", 0.6, 0), fakeRecord("b", 0.5, 0)}, "On the test split of cifar10 the best is a with 60.00 % (59.04–60.96), the next b with 50.00 % (49.02–50.98): their 95 % intervals do not overlap."},
		{"close", []record.Record{fakeRecord("a", 0.6, 0), fakeRecord("b", 0.595, 0)}, "may be chance"},
		{"one of all labels", []record.Record{fakeRecord("a", 0.6, 0), fakeFew("b", "few-shot", 0.5, 10, 0)}, "there is one result: a with 60.00 %"},
		{"few", []record.Record{fakeFew("b", "few-shot", 0.5, 10, 0)}, "with 10 labels per class, there is one result: b (few-shot, 10 per class)"},
	}
	for _, tt := range tests {
		if got := conclusion(tt.rs, results.Labels(tt.rs)); !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q does not say %q", tt.name, got, tt.want)
		}
	}
}
