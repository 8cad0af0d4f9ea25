package page

import (
	"math"
	"strings"
	"testing"
)

// Long labels and values of tiles stand whole, on several lines; the values of a row stand side by
// side, and all text inside the tile.
func TestPDFTilesAreWhole(t *testing.T) {
	tiles := Tiles{
		{Label: "short", Value: "value1", Detail: "control: 0.1"},
		{Label: "random largest step median of all segments", Value: "value2", Detail: "no control"},
		{Label: "third", Value: strings.Repeat("0123456789", 4) + "end", Detail: "detail"},
	}
	b, err := PDF(Document{Title: "t", Sections: []Section{{ID: "a", Title: "A", Blocks: []Block{tiles, Text("below")}}}})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]placed{}
	joined := ""
	for _, page := range pages(t, b) {
		for _, w := range page {
			if strings.Contains(w.text, "…") {
				t.Errorf("%q is cut", w.text)
			}
			at[w.text] = w
			joined += w.text + " "
		}
	}
	for _, want := range []string{"random largest step", "median of all"} {
		if !strings.Contains(joined, want) {
			t.Errorf("%q does not stand in %q", want, joined)
		}
	}
	if !strings.Contains(strings.ReplaceAll(joined, " ", ""), strings.Repeat("0123456789", 4)+"end") {
		t.Errorf("the long value is not whole in %q", joined)
	}
	if one, two := at["value1"], at["value2"]; one.text == "" || math.Abs(one.y-two.y) > 0.01 {
		t.Errorf("values at %v and %v", one, two)
	}
	if d, below := at["detail"], at["below"]; d.text == "" || d.y <= below.y {
		t.Errorf("the detail stands at %g and the text below the tiles at %g", d.y, below.y)
	}
}
