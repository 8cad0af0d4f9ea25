package figures

import (
	"math"
	"strings"
	"testing"
)

func svgOf(t *testing.T, f Figure) string {
	t.Helper()
	b, err := SVG(f, Inline, "title")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(string(b), bad) {
			t.Errorf("the figure holds %s", bad)
		}
	}
	return string(b)
}

// Intervals that go on beyond the axis end in an arrow; rows without a number and beyond MaxRows are left
// out; names are shortened.
func TestDrops(t *testing.T) {
	o := DropsOptions{Axis: "drop", Margin: 1}
	rows := []Drop{
		{Label: "in", Value: 0.5, Lo: -0.2, Hi: 1.2, Word: "open", Colour: Purple},
		{Label: "beyond", Value: 50, Lo: -1e30, Hi: 1e30, Word: "regressed", Colour: Orange},
		{Label: "unknown", Value: math.NaN(), Word: "never"},
		{Label: "bare", Value: -0.1, Lo: math.NaN(), Hi: math.NaN(), Word: "pass", Colour: Green},
	}
	s := svgOf(t, Drops(rows, o))
	for _, want := range []string{">in<", ">beyond<", ">regressed<", "margin 1", "no change", ">+0.50<", ">+50.00<", ">−0.10<", "var(--orange)"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(s, "never") {
		t.Error("a row without a number is drawn")
	}
	if lo, hi := dropsSpan(rows, 1); lo > -dropsReach || lo < -dropsReach*1.1 || hi < dropsReach || hi > dropsReach*1.1 {
		t.Errorf("the axis goes from %g to %g", lo, hi)
	}
	svgOf(t, Drops(nil, o))
	many := make([]Drop, 2*MaxRows)
	if f := Drops(many, o); f.H > MaxHeight || strings.Count(svgOf(t, f), ">0.00<") != MaxRows {
		t.Errorf("%d rows are %g points high", len(many), f.H.Points())
	}
}

func TestSigned(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", -0.001: "0.00", 1.256: "+1.26", -1.256: "−1.26", 123.456: "+123.5", -0.005: "−0.01"} {
		if got := Signed(v); got != want {
			t.Errorf("%g: %q, want %q", v, got, want)
		}
	}
}

func TestTrend(t *testing.T) {
	points := []TrendPoint{{0, []float64{70, 71}, 70.5}, {2, []float64{69}, 69}}
	o := TrendOptions{Axis: "accuracy", Labels: []string{"abc", "def", "ghi"}, Reference: 70.2, Note: "pinned abc",
		Levels: []TrendLevel{{0, 0, 70.5, Muted}, {2, 2, 69, Orange}}}
	s := svgOf(t, Trend(points, o))
	for _, want := range []string{">abc<", ">ghi<", "pinned abc", ">70.0<", "var(--orange)"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q", want)
		}
	}
	svgOf(t, Trend(nil, TrendOptions{Reference: math.NaN()}))
	svgOf(t, Trend([]TrendPoint{{0, nil, 5}}, TrendOptions{Labels: []string{"a"}, Reference: math.NaN()}))
}
