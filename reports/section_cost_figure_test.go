package reports

import (
	"testing"

	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// A figure is drawn for encoders of different cost on one data set by one protocol, and for nothing else.
func TestCostFigures(t *testing.T) {
	of := func(adds ...int64) (rs []record.Record, names []string) {
		for range adds {
			r := fakeRecord("random:svhn32", 0.5, 0)
			r.Costs = []record.Cost{{Stage: "extract", Seconds: 1, MultiplyAdds: adds[len(rs)]}}
			rs, names = append(rs, r), append(names, "encoder")
		}
		return rs, names
	}
	for _, tt := range []struct {
		name string
		adds []int64
		want int
	}{
		{"two encoders", []int64{1e6, 2e9}, 1},
		{"one is not counted", []int64{1e6, 0}, 0},
		{"equal cost", []int64{1e6, 1e6}, 0},
		{"three, one not counted", []int64{1e6, 0, 5}, 1},
	} {
		rs, names := of(tt.adds...)
		if got := costFigures(rs, names); len(got) != tt.want {
			t.Errorf("%s: %d figures, want %d", tt.name, len(got), tt.want)
		}
	}
	rs, names := of(1e6, 2e9)
	rs[1].Data.Name = "other"
	if got := costFigures(rs, names); len(got) != 0 {
		t.Error("results on two data sets share a figure")
	}
	rs, names = of(1e6, 2e9)
	if f, ok := costFigures(rs, names)[0].(page.Figure); !ok || f.Name != "accuracy-cost-1" {
		t.Errorf("%+v", f)
	}
	if s := costSection(rs, names); len(s) != 1 || len(s[0].Blocks) != 2 {
		t.Errorf("the section has %+v", s)
	}
}
