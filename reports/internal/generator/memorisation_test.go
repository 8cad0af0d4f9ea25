package generator

import (
	"cmp"
	"strings"
	"testing"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/threesample"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// The mark of the figure stands where every score to its left has a p-value of at most the level.
func TestThreshold(t *testing.T) {
	h := &memorisation.Histogram{Lo: 1, Width: 0.5}
	for _, tt := range []struct {
		null  []int
		want  float64 // NaN: none
		level float64 // 0: 0.01
	}{
		{null: []int{0, 0, 10, 989}, want: 2},                           // (1+10)/1000 > 0.01 at the third bin
		{null: []int{0, 9, 0, 990}, want: 2.5},                          // (1+9)/1000 = 0.01 is still small enough
		{null: []int{0, 0, 0, 990}, want: 2.5},                          // no score of the null is below
		{null: []int{0, 0, 50}, want: results.Of(record.Record{}).Test}, // so few images that no p-value is that small
		{null: []int{100, 0, 0}, want: results.Of(record.Record{}).Test},
		{want: results.Of(record.Record{}).Test},
		{[]int{0, 0, 50}, 2, 1. / 51}, // the smallest p-value that there is
		{[]int{0, 0, 48}, 2, 1. / 49}, // 49·(1/49) is not quite 1
		{[]int{0, 1, 49}, 1.5, 1. / 51},
	} {
		if got := threshold(h, tt.null, cmp.Or(tt.level, 0.01)); got != tt.want && (got == got || tt.want == tt.want) {
			t.Errorf("%v: the mark is at %v, want %v", tt.null, got, tt.want)
		}
	}
}

// Of a null that has no p-value of 0.01 the figure, the table of nulls and the false alarms name the
// smallest p-value in its place.
func TestSmallNull(t *testing.T) {
	s := &memorisation.Stored{}
	s.Null.Rows, s.ControlLevel, s.FlaggedAt5 = 50, 1./51, 0.02
	s.Histogram = &memorisation.Histogram{Width: 0.1, Series: []memorisation.Series{{Name: memorisation.SeriesNull, Counts: []int{0, 50}}}}
	s.Controls = map[string]memorisation.Control{"exact": {N: 10, Detected: 1}}
	s.FalseAlarms = &memorisation.FalseAlarms{Nominal: 1. / 51, Hi: 0.009, N: 425, NullRows: 50}
	svg, err := figures.SVG(scoreFigure("x", s)[0].(page.Figure).Drawing, figures.Inline, "scores")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(svg), "p ≤ 0.02 left of this line") {
		t.Error("the figure does not say what its mark is")
	}
	if cell := nullTable(s).Rows[0].Cells[2]; cell != "none is below 0.02" {
		t.Errorf("the table of nulls says %q below p ≤ 0.01", cell)
	}
	if text := falseAlarms(s.FalseAlarms); !strings.Contains(text, "p ≤ 0.02") || strings.Contains(text, "not what they should be") {
		t.Error(text)
	}
}

// matched says how the nearest training image was moved.
func TestMatched(t *testing.T) {
	for want, p := range map[string]memorisation.Pair{
		"": {}, "mirrored": {Mirrored: true}, "shift 2 up, 1 right": {Offset: [2]int{-2, 1}}, "shift 1 down, 2 left, mirrored": {Mirrored: true, Offset: [2]int{1, -2}},
	} {
		if got := matched(p); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

// Where the three-sample test is not valid, the rows of Z_U and of C_T both say so.
func TestStatisticsNotValid(t *testing.T) {
	s := &memorisation.Stored{}
	s.CT = &threesample.CT{Value: -3, Z: make([]float64, 4), CellsUsed: make([]int, 2)}
	s.ThreeSample.Why = "few are independent"
	for _, valid := range []bool{false, true} {
		s.ThreeSample.Valid = valid
		for _, r := range statisticsTable(s).Rows[:2] {
			if says := strings.Contains(r.Cells[3], "not valid here: few are independent"); says == valid {
				t.Errorf("%s of a test that is valid (%v): %q", r.Cells[0], valid, r.Cells[3])
			}
		}
	}
}

// Numbers below 0 have minus signs, not hyphens, in tables and in words.
func TestMinusSigns(t *testing.T) {
	s := &memorisation.Stored{}
	s.ZU, s.CT, s.TargetDecoy = -3.5, &threesample.CT{Value: -2.25}, &nearest.TargetDecoy{Z: -1.5}
	for i, want := range []string{"−3.50", "−2.25"} {
		if got := statisticsTable(s).Rows[i].Cells[1]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := statisticsTable(s).Rows[2].Cells[3]; !strings.Contains(got, "z = −1.50") {
		t.Errorf("%q", got)
	}
	if got := intervalOf(&[2]float64{-0.5, 1e-9}); got != "−0.5 to 1e-09" {
		t.Errorf("%q", got)
	}
}
