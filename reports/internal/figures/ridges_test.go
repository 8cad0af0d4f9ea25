package figures

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// ridge is a histogram of n bins with a peak.
func ridge(name string, n, peak, cases int, look RidgeLook) Ridge {
	r := Ridge{Label: name, Note: fmt.Sprintf("%d images", cases), Counts: make([]int, n), Look: look}
	for i := range r.Counts {
		r.Counts[i] = int(float64(cases) * math.Exp(-math.Pow(float64(i-peak)/3, 2)))
	}
	return r
}

func TestRidgesText(t *testing.T) {
	long := strings.Repeat("a very long name of a kind ", 4)
	for _, tt := range []struct {
		name string
		rows []Ridge
		o    RidgesOptions
	}{
		{"ten rows", func() (rows []Ridge) {
			for i := range 10 {
				rows = append(rows, ridge(fmt.Sprintf("kind %d", i), 60, 5*i, 1000, RidgeLook(i%3)))
			}
			return rows
		}(), RidgesOptions{Width: 1. / 60, Axis: "score", Mark: 0.3, MarkNote: "threshold 0.30 (1 % of held-out images)"}},
		{"mark at the right", []Ridge{ridge(long, 10, 2, 3, Judged)}, RidgesOptions{Width: 0.1, Axis: long, Mark: 0.99, MarkNote: "threshold 0.99 (1 % of held-out images)"}},
		{"no rows", nil, RidgesOptions{Mark: math.NaN()}},
		{"no cases", []Ridge{{Label: "none", Counts: make([]int, 4)}}, RidgesOptions{Width: math.Inf(1), Mark: 2}},
		{"more than fit", func() (rows []Ridge) {
			for range MaxRidges + 5 {
				rows = append(rows, ridge("x", 5, 2, 9, Control))
			}
			return rows
		}(), RidgesOptions{Width: 1, Mark: math.NaN()}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := Ridges(tt.rows, tt.o)
			checkTexts(t, f)
			if got := len(texts(f)); len(tt.rows) > 0 && got == 0 {
				t.Error("nothing is written")
			}
		})
	}
}

// A single case among many is drawn, at least as high as a thin line, and rows of the same
// shape are drawn alike whatever their number of cases.
func TestRidgesShowsOneCase(t *testing.T) {
	svg := func(counts ...int) string {
		b, err := SVG(Ridges([]Ridge{{Label: "a", Counts: counts}}, RidgesOptions{Width: 1, Mark: math.NaN()}), Inline, "t")
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	bars := func(s string) int { return strings.Count(s, "var(--blue)") }
	if n := bars(svg(1, 0, 1_000_000)); n != 2 {
		t.Errorf("%d bars are drawn, want 2", n)
	}
	if svg(1, 2, 3) != svg(100, 200, 300) {
		t.Error("the same shares are drawn in two ways")
	}
	if svg(1, 0, 0) == svg(0, 0, 1) {
		t.Error("the place of the bin does not matter")
	}
}
