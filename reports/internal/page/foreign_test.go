package page

import (
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"

	"repbench/reports/internal/fonts"
	"repbench/reports/internal/foreign"
	"repbench/reports/internal/foreign/testfont"
)

// The room that a figure's text takes in an installed font: what the font asks for, but
// no more than the figure was laid out for.
func TestForeignTextFits(t *testing.T) {
	dir := t.TempDir()
	testfont.Write(t, dir, "a.ttf", "猫عرب")
	setter := foreign.Open([]string{dir}).Setter()
	p, err := newPDF(Document{Title: "test", Setter: setter})
	if err != nil {
		t.Fatal(err)
	}
	c := newCanvas(p, 0, 0)
	f := font.NewCache(liberation.Collection()).Lookup(font.Font{Typeface: "Liberation", Variant: "Sans"}, 10)
	a := fonts.Of(fonts.Regular).Width("A", 10) // the glyph of every character of the test's font
	for _, tt := range []struct {
		text string
		want float64
	}{
		{"猫猫", 2 * a},          // laid out for 20 points
		{"عرب", 3 * 0.65 * 10}, // laid out for less than 3 times A
		{"x 猫", fonts.Of(fonts.Regular).Width("x ", 10) + a},
	} {
		setter.Drawn(tt.text)
		if got := c.TextWidth(f, tt.text).Points(); got < tt.want-0.02 || got > tt.want+0.02 {
			t.Errorf("%q is %.3f points wide, want %.3f", tt.text, got, tt.want)
		}
		if got, room := c.TextWidth(f, tt.text).Points(), fonts.Of(fonts.Regular).Width(tt.text, 10); got > room+0.02 {
			t.Errorf("%q takes %.3f points of %.3f", tt.text, got, room)
		}
	}
}
