package generator

import (
	"testing"

	"repbench/eval/memorisation"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// The mark of the figure stands where every score to its left has p ≤ 0.01.
func TestThreshold(t *testing.T) {
	h := &memorisation.Histogram{Lo: 1, Width: 0.5}
	for _, tt := range []struct {
		null []int
		want float64 // NaN: none
	}{
		{[]int{0, 0, 10, 989}, 2},                           // (1+10)/1000 > 0.01 at the third bin
		{[]int{0, 9, 0, 990}, 2.5},                          // (1+9)/1000 = 0.01 is still small enough
		{[]int{0, 0, 0, 990}, 2.5},                          // no score of the null is below
		{[]int{0, 0, 50}, results.Of(record.Record{}).Test}, // so few images that no p-value is that small
		{[]int{100, 0, 0}, results.Of(record.Record{}).Test},
		{nil, results.Of(record.Record{}).Test},
	} {
		if got := threshold(h, tt.null); got != tt.want && (got == got || tt.want == tt.want) {
			t.Errorf("%v: the mark is at %v, want %v", tt.null, got, tt.want)
		}
	}
}

// matched says how the nearest training image was moved.
func TestMatched(t *testing.T) {
	for want, p := range map[string]memorisation.Pair{
		"": {}, "mirrored": {Mirrored: true}, "2 up, 1 right": {Offset: [2]int{-2, 1}}, "mirrored, 1 down, 2 left": {Mirrored: true, Offset: [2]int{1, -2}},
	} {
		if got := matched(p); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}
