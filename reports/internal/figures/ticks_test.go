package figures

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

func TestNiceStep(t *testing.T) {
	tests := []struct {
		span float64
		n    int
		want float64 // the least of 1, 2, 5 × 10ⁿ that makes at most n parts
	}{
		{1, 5, 0.2}, {1, 4, 0.5}, {10, 10, 1}, {99, 10, 10}, {0.03, 3, 0.01}, {7e6, 7, 1e6},
		{0, 5, 1}, {-1, 5, 1}, {math.Inf(1), 5, 1}, {math.NaN(), 5, 1},
	}
	for _, tt := range tests {
		if got := niceStep(tt.span, tt.n); math.Abs(got-tt.want) > 1e-12*tt.want {
			t.Errorf("niceStep(%v, %d) = %v, want %v", tt.span, tt.n, got, tt.want)
		}
	}
}

func TestTickLabels(t *testing.T) {
	tests := []struct {
		name string
		got  []string
		want string
	}{
		{"percent", labelsOf(percentTicks(0, 0.8, 5)), "0 %|20 %|40 %|60 %|80 %"},
		{"fine percent", labelsOf(percentTicks(0.7, 0.702, 2)), "70.0 %|70.1 %|70.2 %"},
		{"no negative zero", labelsOf(percentTicks(-0.00001, 0.4, 3)), "0 %|20 %|40 %"},
		{"numbers", labelsOf(numberTicks(-1, 1, 4)), "−1.0|−0.5|0.0|0.5|1.0"},
		{"counts", labelsOf(countTicks(0, 30000, 3)), "0|10k|20k|30k"},
		{"large counts", labelsOf(countTicks(0, 2e6, 4)), "0|500k|1M|1.5M|2M"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(tt.got, "|"); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func labelsOf(ts plot.ConstantTicks) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Label)
	}
	return out
}

func TestShorten(t *testing.T) {
	sty := label(normal, Ink)
	for _, s := range []string{"", "a", "short", strings.Repeat("long name ", 40), strings.Repeat("界", 100)} {
		for _, w := range []float64{1, 8, 20, 60, 150} {
			got := shorten(s, sty, vg.Points(w))
			if width := sty.Width(got); width > vg.Points(w) && got != "…" {
				t.Errorf("%q is %v wide, more than %v", got, width, w)
			}
			r := []rune(got)
			if strings.Contains(got, "…") && len(r) > 3 && (r[0] != []rune(s)[0] || !strings.HasSuffix(s, string(r[len(r)-1]))) {
				t.Errorf("%q does not keep the ends of %q", got, s)
			}
		}
	}
	if got := shorten("fits", sty, 1000); got != "fits" {
		t.Errorf("a text that fits became %q", got)
	}
	if !slices.Contains([]rune(shorten("abcdefghijkl", sty, 30)), '…') {
		t.Error("a text that does not fit was not cut")
	}
}

// TestShortenKeepsCodePoints: a cut never leaves a part of a code point, which would name
// another character.
func TestShortenKeepsCodePoints(t *testing.T) {
	const name = "class 15 (U+1F469 U+200D U+1F4BB U+0E17)"
	whole := map[string]bool{"U+1F469": true, "U+200D": true, "U+1F4BB": true, "U+0E17": true}
	sty := label(normal, Ink)
	words := regexp.MustCompile(`[U+0-9A-F]{2,}`)
	for w := sty.Width("…"); w < sty.Width(name); w++ {
		got := shorten(name, sty, w)
		for _, word := range words.FindAllString(got, -1) {
			if !whole[word] && word != "15" {
				t.Errorf("width %.0f: %q holds %q", w.Points(), got, word)
			}
		}
	}
}
