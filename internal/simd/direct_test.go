package simd

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDirect compares every number of rows and columns around the tiles with sums in float64,
// checks that nothing else is written, and that the bits equal the bits of ByRows.
func TestDirect(t *testing.T) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(4, 4))
		for rows := 1; rows <= 3*tile.Rows+1; rows++ {
			for _, cols := range []int{1, tile.Lanes - 1, tile.Lanes, tile.Lanes + 1, tile.Columns - 3, tile.Columns} {
				for _, lengths := range [][]int{{1}, {3, 1, 9}, {64, 64}} {
					for _, add := range []bool{false, true} {
						testDirect(t, r, tile, rows, cols, lengths, add)
					}
				}
			}
		}
	}
}

func testDirect(t *testing.T, r *rand.Rand, tile *Tile, rows, cols int, lengths []int, add bool) {
	t.Helper()
	cStep, xStep, depth := cols+5, 30+r.IntN(200), 0
	var runs []Run
	for _, n := range lengths {
		runs = append(runs, Run{X: r.IntN(100), N: n})
		depth += n
	}
	x, b := randomFloats(r, (rows-1)*xStep+200), randomFloats(r, depth*tile.Width(cols))
	c := randomFloats(r, rows*cStep)
	want, block := make([]float64, len(c)), make([]float32, rows*RowStride)
	for i, v := range c {
		want[i] = float64(v)
	}
	packed := slices.Clone(c)
	for i := range rows {
		row := block[i*RowStride:][:0]
		for _, run := range runs {
			row = append(row, x[run.X+i*xStep:][:run.N]...)
		}
		for j := range cols {
			var sum float64
			for k, v := range row {
				sum += float64(v) * float64(b[k*tile.Width(cols)+j])
			}
			if add {
				sum += want[i*cStep+j]
			}
			want[i*cStep+j] = sum
		}
	}
	for i := 0; i < rows; i += tile.Rows {
		var offsets []int
		for j := range min(tile.Rows, rows-i) {
			offsets = append(offsets, (i+j)*cStep)
		}
		tile.ByRows(packed, offsets, block[i*RowStride:], b, depth, cols, add)
	}
	tile.Direct(c, cStep, x, xStep, b, runs, rows, cols, add)
	name := fmt.Sprintf("%s: %d rows, %d columns, runs %v, add %t", tile.ISA(), rows, cols, runs, add)
	compareSums(t, name, c, want, tileTolerance(depth+1))
	if !slices.Equal(c, packed) {
		t.Fatalf("%s: other bits than ByRows", name)
	}
}
