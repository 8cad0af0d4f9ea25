package figures

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

var nan = math.NaN()

// someRows are n rows with values from lo to hi and intervals of ±0.01.
func someRows(n int, lo, hi float64) []Row {
	var rows []Row
	for i := range n {
		v := lo + (hi-lo)*float64(i)/float64(max(1, n-1))
		rows = append(rows, Row{Label: fmt.Sprintf("layer %d", i), Value: v, Lo: max(0, v-0.01), Hi: min(1, v+0.01)})
	}
	return rows
}

// belowRows is the height, in points, below which the labels of the axis stand.
const belowRows = 22

func TestRowFigures(t *testing.T) {
	tests := []struct {
		name string
		rows []Row
		n    int // rows drawn
	}{
		{"none", nil, 0},
		{"one", someRows(1, 0.7, 0.7), 1},
		{"all at 0", someRows(3, 0, 0), 3},
		{"all at 1", someRows(3, 1, 1), 3},
		{"from 0 to 1", someRows(9, 0, 1), 9},
		{"close together", someRows(5, 0.7, 0.701), 5},
		{"as many as fit", someRows(MaxRows, 0.1, 0.9), MaxRows},
		{"too many", someRows(MaxRows+9, 0.1, 0.9), MaxRows},
		{"without interval", []Row{{Label: "a", Value: 0.5, Lo: nan, Hi: nan}}, 1},
		{"value not known", []Row{{Label: "a", Value: nan}, {Label: "b", Value: 0.2, Lo: 0.1, Hi: 0.3}}, 1},
		{"interval of no width", []Row{{Label: "a", Value: 0.5, Lo: 0.5, Hi: 0.5, Strong: true}}, 1},
		{"long names", []Row{{Label: strings.Repeat("W", 300), Value: 0.5, Lo: 0.4, Hi: 0.6}, {Label: "", Value: 0.4, Lo: nan, Hi: nan, Quoted: true}}, 2},
	}
	for _, tt := range tests {
		for kind, f := range map[string]Figure{
			"bars": Bars(tt.rows, BarsOptions{Axis: "accuracy", Chance: 0.1}),
			"dots": Dots(tt.rows, DotsOptions{Axis: "accuracy"}),
		} {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				checkTexts(t, f)
				numbers := 0
				for _, b := range texts(f) {
					if b.x0 > f.W.Points()/2 && b.y0 > belowRows && strings.HasSuffix(b.text, " %") {
						numbers++
					}
				}
				if numbers != tt.n {
					t.Errorf("%d rows are drawn, want %d: %v", numbers, tt.n, texts(f))
				}
			})
		}
	}
}

// Each number that is drawn is the one that was given.
func TestBarsNumbers(t *testing.T) {
	f := Bars([]Row{{Label: "conv1", Value: 0.5474, Lo: 0.5376, Hi: 0.5571}}, BarsOptions{Axis: "accuracy", Chance: 0.1})
	var got []string
	for _, b := range texts(f) {
		got = append(got, b.text)
	}
	for _, want := range []string{"conv1", "54.7 %", "53.8–55.7", "chance 10.0 %", "accuracy", "0 %"} {
		if !slices.Contains(got, want) {
			t.Errorf("the bars do not say %q: %q", want, got)
		}
	}
}

func TestDotsQuoted(t *testing.T) {
	f := Dots([]Row{{Label: "DCGAN", Value: 0.828, Lo: nan, Hi: nan, Quoted: true}}, DotsOptions{Axis: "accuracy"})
	if !slices.ContainsFunc(texts(f), func(b textBox) bool { return b.text == "quoted" }) {
		t.Error("a quoted row does not say so")
	}
}

func TestSpanSharedAxis(t *testing.T) {
	all := someRows(10, 0.2, 0.8)
	ticksOf := func(f Figure) []string {
		var out []string
		for _, b := range texts(f) {
			// Numbers of rows have a decimal, these ticks none.
			if strings.HasSuffix(b.text, " %") && !strings.Contains(b.text, ".") {
				out = append(out, b.text)
			}
		}
		return out
	}
	a := ticksOf(Dots(all[:5], DotsOptions{Span: all}))
	b := ticksOf(Dots(all[5:], DotsOptions{Span: all}))
	if len(a) < 3 || !slices.Equal(a, b) {
		t.Errorf("figures of one span have the ticks %q and %q", a, b)
	}
}
