package forget

import (
	"fmt"
	"slices"

	"repbench/internal/errkind"
	"repbench/train"
)

// Negatives says where the negative cells are drawn.
type Negatives string

// Places of negative cells.
const (
	// Outside draws them from the cells outside all boxes of the image.
	Outside Negatives = "outside"
	// Anywhere draws them from all cells of the image, as the paper's "random samples from the
	// same images".
	Anywhere Negatives = "anywhere"
)

// ParseNegatives reads the name of a place; "" is Outside.
func ParseNegatives(s string) (Negatives, error) {
	switch n := Negatives(s); n {
	case "":
		return Outside, nil
	case Outside, Anywhere:
		return n, nil
	}
	return "", fmt.Errorf("unknown place of negative cells %q: use %s or %s", s, Outside, Anywhere)
}

// Cell is a position of a hidden layer in an image. Inside reports whether its centre is in a box.
type Cell struct {
	Image, Row, Column int  // from 0
	Inside             bool // the cell is a positive example
}

// Grid is the geometry of a hidden layer: its maps have Cells×Cells cells, each Size/Cells pixels
// of the Images images of Size×Size pixels wide.
type Grid struct{ Images, Size, Cells int }

// spans reports whether the centre of cell c, (c+½)·Size/Cells, is in [lo, hi).
func (g Grid) spans(c, lo, hi int) bool {
	centre := (2*c + 1) * g.Size
	return centre >= 2*g.Cells*lo && centre < 2*g.Cells*hi
}

// cellsOf returns the positions, row by row, whose centre is in the box.
func (g Grid) cellsOf(b Box) []int {
	var at []int
	for row := range g.Cells {
		for column := range g.Cells {
			if g.spans(row, b.Y0, b.Y1) && g.spans(column, b.X0, b.X1) {
				at = append(at, row*g.Cells+column)
			}
		}
	}
	return at
}

// Holding returns the boxes that hold the centre of a cell, and how many hold none.
func (g Grid) Holding(boxes []Box) (kept []Box, small int) {
	for _, b := range boxes {
		if len(g.cellsOf(b)) > 0 {
			kept = append(kept, b)
		}
	}
	return kept, len(boxes) - len(kept)
}

// streamNegatives and streamMaps are random streams of the seed; package dcgan has those up to 15.
const (
	streamNegatives = 48
	streamMaps      = 49
)

// Cells lists the positive cells of each image that has a box, row by row, and then as many
// negative ones, drawn without replacement (all of them where there are fewer), also row by row.
// A box without the centre of a cell is an error, and so are boxes that leave no negative cell in
// any image.
func Cells(boxes []Box, g Grid, where Negatives, seed uint64) ([]Cell, error) {
	if err := CheckBoxes(boxes, g.Images, g.Size); err != nil {
		return nil, err
	}
	inside := map[int][]bool{}
	for i, b := range boxes {
		at := g.cellsOf(b)
		if len(at) == 0 {
			return nil, errkind.Errorf(ErrBox, "box %d (%v) holds the centre of no cell: a cell of the %d×%d maps is %g pixels wide; draw the box larger, or choose a --layer with larger maps", i, b, g.Cells, g.Cells, float64(g.Size)/float64(g.Cells))
		}
		if inside[b.Image] == nil {
			inside[b.Image] = make([]bool, g.Cells*g.Cells)
		}
		for _, p := range at {
			inside[b.Image][p] = true
		}
	}
	var cells []Cell
	negative := 0
	for image := range g.Images {
		if mask := inside[image]; mask != nil {
			in, out := g.choose(mask, image, where, seed)
			cells = append(append(cells, in...), out...)
			negative += len(out)
		}
	}
	if negative == 0 {
		return nil, fmt.Errorf("%w: the boxes cover every cell of their images, so no cell is outside the object; draw smaller boxes, or use --negatives %s", ErrOneClass, Anywhere)
	}
	return cells, nil
}

// choose returns the positive and the negative cells of one image.
func (g Grid) choose(mask []bool, image int, where Negatives, seed uint64) (in, out []Cell) {
	var candidates []int
	for p, inside := range mask {
		if inside {
			in = append(in, g.cell(image, p, true))
		}
		if !inside || where == Anywhere {
			candidates = append(candidates, p)
		}
	}
	drawn := train.Random(seed, streamNegatives, int64(image)).Perm(len(candidates))
	drawn = drawn[:min(len(drawn), len(in))]
	slices.Sort(drawn)
	for _, i := range drawn {
		out = append(out, g.cell(image, candidates[i], false))
	}
	return in, out
}

func (g Grid) cell(image, p int, inside bool) Cell {
	return Cell{image, p / g.Cells, p % g.Cells, inside}
}

// Rows gathers the activations of cells from hidden [N, side, side, maps]: one row of maps values
// for each cell.
func Rows(hidden []float32, side, maps int, cells []Cell) [][]float64 {
	rows := make([][]float64, len(cells))
	for i, c := range cells {
		at := ((c.Image*side+c.Row)*side + c.Column) * maps
		rows[i] = make([]float64, maps)
		for k, v := range hidden[at : at+maps] {
			rows[i][k] = float64(v)
		}
	}
	return rows
}

// Labels says of each cell whether it is a positive example.
func Labels(cells []Cell) []bool {
	y := make([]bool, len(cells))
	for i, c := range cells {
		y[i] = c.Inside
	}
	return y
}
