package forget

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// A box of 4 to 8 pixels in x and y holds the centres of the one cell of 8×8 maps of a 32-pixel
// image that it covers, and of four cells of 16×16 maps; half a pixel decides.
func TestCells(t *testing.T) {
	g := Grid{Images: 3, Size: 32, Cells: 8}
	cells, err := Cells([]Box{{1, 4, 4, 8, 8}}, g, Outside, 1)
	if err != nil || len(cells) != 2 || cells[0] != (Cell{1, 1, 1, true}) || cells[1].Inside || cells[1].Image != 1 || cells[1] == (Cell{1, 1, 1, false}) {
		t.Errorf("%v, %v", cells, err)
	}
	// The centre of the cell 1, 1 is at 6, 6; a box that ends at 6 does not hold it.
	if _, err := Cells([]Box{{1, 4, 4, 6, 6}}, g, Outside, 1); !errors.Is(err, ErrBox) || !strings.Contains(err.Error(), "holds the centre of no cell") {
		t.Errorf("a box without a cell: %v", err)
	}
	if cells, err = Cells([]Box{{1, 6, 6, 7, 7}}, g, Outside, 1); err != nil || cells[0] != (Cell{1, 1, 1, true}) {
		t.Errorf("a box that begins at the centre: %v, %v", cells, err)
	}
	g.Cells = 16
	if cells, err = Cells([]Box{{1, 4, 4, 8, 8}, {1, 6, 6, 8, 8}}, g, Outside, 1); err != nil || positives(Labels(cells)) != 4 || len(cells) != 8 {
		t.Errorf("two boxes that overlap: %v, %v", cells, err)
	}
}

func TestCellsNegatives(t *testing.T) {
	g := Grid{Images: 2, Size: 32, Cells: 8}
	most := Box{0, 0, 0, 32, 28} // all cells but one row of 8
	cells, err := Cells([]Box{most}, g, Outside, 1)
	if err != nil || positives(Labels(cells)) != 56 || len(cells) != 64 {
		t.Errorf("%d cells, %v; want all of fewer negative ones", len(cells), err)
	}
	whole := []Box{{0, 0, 0, 32, 32}, {1, 0, 0, 32, 32}}
	if _, err := Cells(whole, g, Outside, 1); !errors.Is(err, ErrOneClass) || !strings.Contains(err.Error(), "--negatives anywhere") {
		t.Errorf("one class: %v", err)
	}
	if cells, err = Cells(whole, g, Anywhere, 1); err != nil || len(cells) != 256 {
		t.Errorf("anywhere: %d cells, %v", len(cells), err)
	}
	// A negative cell of anywhere can lie in a box; each is drawn once.
	cells, err = Cells([]Box{most}, g, Anywhere, 1)
	if err != nil || len(cells) != 112 {
		t.Fatalf("%d cells, %v", len(cells), err)
	}
	in := 0
	for i, c := range cells[56:] {
		if slices.Contains(cells[:56], Cell{c.Image, c.Row, c.Column, true}) {
			in++
		}
		if slices.Contains(cells[56+i+1:], c) {
			t.Errorf("%v was drawn twice", c)
		}
	}
	if in < 40 {
		t.Errorf("%d of 56 negative cells in the box, about 49 are expected", in)
	}
	// The same seed draws the same; another seed, others.
	again, _ := Cells([]Box{most}, g, Anywhere, 1)
	other, _ := Cells([]Box{most}, g, Anywhere, 2)
	if !slices.Equal(again, cells) || slices.Equal(other, cells) {
		t.Error("the seed does not decide the cells")
	}
}

func TestParseNames(t *testing.T) {
	for s, want := range map[string]Negatives{"": Outside, "outside": Outside, "anywhere": Anywhere} {
		if got, err := ParseNegatives(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]Next{"": Kept, "kept": Kept, "recomputed": Recomputed} {
		if got, err := ParseNext(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	if _, err := ParseNegatives("inside"); err == nil {
		t.Error("inside: no error")
	}
	if _, err := ParseNext("none"); err == nil {
		t.Error("none: no error")
	}
}
