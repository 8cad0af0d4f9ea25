package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"repbench/reports/internal/figures"
)

// somePicture is a w×h picture of one grey.
func somePicture(t *testing.T, name string, w, h int, grey uint8) Picture {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.SetGray(i%w, i/w, color.Gray{Y: grey})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return Picture{Name: name, Label: "label " + name, PNG: b.Bytes(), W: w, H: h}
}

// someDocument has every kind of block; the table has n rows.
func someDocument(t *testing.T, n int) Document {
	t.Helper()
	table := Table{
		Caption: "A table.",
		Columns: []Column{{Title: "Name"}, {Title: "Accuracy", Right: true}, {Title: "Words"}},
	}
	for i := range n {
		table.Rows = append(table.Rows, TableRow{
			Cells:  []string{fmt.Sprintf("row%d", i), fmt.Sprintf("%d.00 %%", i%100), strings.Repeat("several words ", i%9)},
			Quoted: i%5 == 4, Strong: i%5 == 3, Link: "first",
		})
	}
	row := figures.Row{Label: "conv1", Value: 0.5, Lo: 0.4, Hi: 0.6}
	return Document{Title: "A title", Subtitle: "below it", Sections: []Section{
		{ID: "first", Title: "First", Blocks: []Block{
			Text("A paragraph. " + strings.Repeat("It goes on. ", 40)),
			Callout{Kind: Warning, Items: []string{"Mind this."}},
			Callout{Kind: Note, Items: []string{"And that.", strings.Repeat("Much of it. ", 30)}},
			Tiles{{Label: "Accuracy", Value: "69.74 %", Detail: "95 %: 68.83–70.63 %"}, {Label: "C", Value: "0.0001"}, {}, {}, {Label: "Fifth", Value: "5"}},
		}},
		{ID: "second", Title: "Second", Minor: true, Blocks: []Block{
			Figure{Name: "bars", Caption: "Bars. They are long.", Drawing: figures.Bars([]figures.Row{row}, figures.BarsOptions{Axis: "accuracy"})},
			table,
			Facts{Caption: "Facts.", Items: []Fact{{"Seed", "1"}, {"Data (hash)", strings.Repeat("3c", 32)}, {"A", "b"}, {"C", "d"}, {"E", ""}}},
			Pictures{Items: []Picture{somePicture(t, "a", 40, 30, 10), somePicture(t, "b", 40, 30, 200), somePicture(t, "c", 40, 30, 90)}, Caption: "Three."},
			Pictures{Items: []Picture{somePicture(t, "d", 40, 300, 10)}, Large: true, Caption: "One, large."},
			Pictures{Caption: "None."},
		}},
		{ID: "empty", Title: "Nothing"},
	}}
}

// strange is a block that no form knows.
type strange struct{}

func (strange) block() {}
