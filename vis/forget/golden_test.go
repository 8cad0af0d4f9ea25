package forget

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/internal/jsonfile"
	"repbench/vis"
	"repbench/vis/vistest"
)

// goldenLayers are the layers of golden/vis_released by the names in its files.
var goldenLayers = []struct {
	name              string
	layer, side, maps int
}{{"h2", 1, 8, 128}, {"h3", 2, 16, 64}}

// goldenImages are the images that have boxes there: 8 of 12.
const goldenImages = 12

// goldenCells reads cells: rows of image, row, column, label.
func goldenCells(t *testing.T, name string) []Cell {
	t.Helper()
	shape, values := vistest.Array[int32](t, "forget_cells_"+name)
	var cells []Cell
	for i := range shape[0] {
		r := values[4*i : 4*i+4]
		cells = append(cells, Cell{int(r[0]), int(r[1]), int(r[2]), r[3] == 1})
	}
	return cells
}

// The cells inside the boxes are the same as in the reference; the cells outside were drawn with another
// generator of random numbers, so that their numbers are compared, and their places checked.
func TestCellsGolden(t *testing.T) {
	boxes, err := ReadBoxes(vistest.File(t, "forget_boxes.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range goldenLayers {
		want := goldenCells(t, l.name)
		got, err := Cells(boxes, Grid{goldenImages, 32, l.side}, Outside, 1)
		if err != nil {
			t.Fatal(err)
		}
		positive := func(cells []Cell) []Cell {
			return slices.DeleteFunc(slices.Clone(cells), func(c Cell) bool { return !c.Inside })
		}
		if !slices.Equal(positive(got), positive(want)) || len(got) != len(want) {
			t.Errorf("%s: %d cells, want %d; inside %v, want %v", l.name, len(got), len(want), positive(got), positive(want))
		}
		for i, c := range got {
			if c.Image != want[i].Image || c.Inside != want[i].Inside {
				t.Fatalf("%s: cell %d is %v, want one of the class and image of %v", l.name, i, c, want[i])
			}
			if !c.Inside && slices.Contains(positive(want), Cell{c.Image, c.Row, c.Column, true}) {
				t.Errorf("%s: %v is a negative cell in a box", l.name, c)
			}
		}
	}
}

type goldenFit struct {
	C         float64   `json:"C"`
	Rows      int       `json:"rows"`
	Positives int       `json:"positives"`
	Objective float64   `json:"objective"`
	Intercept float64   `json:"intercept"`
	Coef      []float64 `json:"coef"`
}

// The logistic regression of the reference, on this program's activations, at both C; and the maps
// with a positive weight.
func TestFitGolden(t *testing.T) {
	var want map[string]goldenFit
	var dropped map[string][]int
	for name, v := range map[string]any{"forget_lr.json": &want, "forget_dropped.json": &dropped} {
		if err := jsonfile.Read(vistest.File(t, name), v); err != nil {
			t.Fatal(err)
		}
	}
	g := vistest.Generator(t, backendtest.CPU(t), vis.Batch)
	z := vistest.Floats(t, "forget_z")
	for _, l := range goldenLayers {
		d, err := NewDropper(g, l.layer, Kept)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		_, hidden, err := d.Original(t.Context(), z, goldenImages)
		if err != nil {
			t.Fatal(err)
		}
		cells := goldenCells(t, l.name)
		for _, c := range []float64{0.01, 1} {
			w := want[fmt.Sprintf("%s_C%g", l.name, c)]
			got, err := Fit(Rows(hidden, l.side, l.maps, cells), Labels(cells), c)
			if err != nil {
				t.Fatal(err)
			}
			if len(cells) != w.Rows || w.C != c || len(got.Weights) != len(w.Coef) {
				t.Fatalf("%s: %d cells, want %d", l.name, len(cells), w.Rows)
			}
			if got.Gradient > 1e-10 || math.Abs(got.Objective/w.Objective-1) > vistest.Tolerance {
				t.Errorf("%s, C %g: objective %.12g, want %.12g, gradient %g", l.name, c, got.Objective, w.Objective, got.Gradient)
			}
			vistest.Close(t, fmt.Sprintf("%s, C %g: weights", l.name, c), floats(append(got.Weights, got.Intercept)), floats(append(w.Coef, w.Intercept)), vistest.Tolerance)
			if c == 0.01 && !slices.Equal(got.Positive(), dropped[l.name]) {
				t.Errorf("%s: positive maps %v, want %v", l.name, got.Positive(), dropped[l.name])
			}
		}
	}
}

func floats(v []float64) []float32 {
	out := make([]float32, len(v))
	for i := range v {
		out[i] = float32(v[i])
	}
	return out
}

// Drops in three forms were made with PyTorch.
func TestDropGolden(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *backends.Backend{backends.CPU: backendtest.CPU, backends.Go: func(t testing.TB) *backends.Backend { return backendtest.Open(t, backends.Go) }, "device": backendtest.Device} {
		t.Run(name, func(t *testing.T) {
			var dropped map[string][]int
			if err := jsonfile.Read(vistest.File(t, "forget_dropped.json"), &dropped); err != nil {
				t.Fatal(err)
			}
			g := vistest.Generator(t, open(t), vis.Batch)
			z := vistest.Floats(t, "forget_z")
			for _, tt := range []struct {
				file, layer string
				number      int
				next        Next
			}{
				{"forget_drop_h3", "h3", 2, Kept},
				{"forget_drop_h3", "h3", 2, Recomputed}, // no batch norm follows
				{"forget_drop_h2_kept", "h2", 1, Kept},
				{"forget_drop_h2_recomputed", "h2", 1, Recomputed},
			} {
				d, err := NewDropper(g, tt.number, tt.next)
				if err != nil {
					t.Fatal(err)
				}
				im, err := d.Images(t.Context(), z, goldenImages, dropped[tt.layer])
				if err != nil {
					t.Fatal(err)
				}
				vistest.Close(t, tt.file+" "+string(tt.next), im.Data, vistest.Floats(t, tt.file), vistest.Tolerance)
				before, _, err := d.Original(t.Context(), z, goldenImages)
				if err != nil {
					t.Fatal(err)
				}
				vistest.Close(t, "forget_original", before.Data, vistest.Floats(t, "forget_original"), vistest.Tolerance)
				d.Close()
			}
		})
	}
}
