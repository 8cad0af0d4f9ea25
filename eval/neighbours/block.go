package neighbours

import (
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// queryBlock holds a group of queries packed for the matrix kernels: for each
// chunk of columns, tiles of tile.Rows rows with the row stride simd.RowStride.
type queryBlock struct {
	tile     *simd.Tile
	d, tiles int
	data     []float32
}

// newQueryBlock has room for that many rows.
func newQueryBlock(tile *simd.Tile, rows, d int) *queryBlock {
	tiles := (rows + tile.Rows - 1) / tile.Rows
	return &queryBlock{tile: tile, d: d, data: make([]float32, chunks(d)*tiles*tile.Rows*simd.RowStride)}
}

// pack fills the block with all rows of m.
func (q *queryBlock) pack(m matrix.View, threads int) {
	q.tiles = (m.N + q.tile.Rows - 1) / q.tile.Rows
	tasks.Do(threads, m.N, func(_, i int) {
		for c := range chunks(q.d) {
			lo, hi := chunk(c, q.d)
			dst := q.at(c, i/q.tile.Rows)[i%q.tile.Rows*simd.RowStride:][:hi-lo]
			copy(dst, m.Cols(lo, hi).Row(i, dst)) // float16 is widened into dst itself
		}
	})
}

// at returns a tile of rows of a chunk.
func (q *queryBlock) at(c, tile int) []float32 {
	return q.data[(c*q.tiles+tile)*q.tile.Rows*simd.RowStride:][:q.tile.Rows*simd.RowStride]
}

// chunk returns the columns of chunk c of d.
func chunk(c, d int) (lo, hi int) {
	return c * simd.MaxDepth, min((c+1)*simd.MaxDepth, d)
}

// trainBlock holds a block of training rows packed for the matrix kernels: for
// each chunk of columns, panels of tile.Columns rows, transposed.
type trainBlock struct {
	tile    *simd.Tile
	d       int
	panels  int
	data    []float32
	scratch [][]float32 // of each worker, rows to be transposed
}

func newTrainBlock(tile *simd.Tile, rows, d, threads int) *trainBlock {
	panels := (rows + tile.Columns - 1) / tile.Columns
	b := &trainBlock{tile: tile, d: d, data: make([]float32, panels*tile.Columns*d), scratch: make([][]float32, threads)}
	for w := range b.scratch {
		b.scratch[w] = make([]float32, tile.Columns*simd.RowStride)
	}
	return b
}

// width is the number of rows of the block, filled up to whole panels.
func (b *trainBlock) width() int { return b.panels * b.tile.Columns }

// at returns a panel of a chunk.
func (b *trainBlock) at(c, panel int) []float32 {
	lo, hi := chunk(c, b.d)
	return b.data[lo*b.width()+panel*b.tile.Columns*(hi-lo):][:b.tile.Columns*(hi-lo)]
}

// pack fills the block with all rows of m. What fills up the last panel is left
// as it is: the products with it are not looked at.
func (b *trainBlock) pack(m matrix.View, threads int) {
	b.panels = (m.N + b.tile.Columns - 1) / b.tile.Columns
	tasks.Do(threads, b.panels*chunks(b.d), func(worker, task int) {
		c, panel := task/b.panels, task%b.panels
		lo, hi := chunk(c, b.d)
		columns := m.Cols(lo, hi)
		first := panel * b.tile.Columns
		n := min(b.tile.Columns, m.N-first)
		for i := range n {
			dst := b.scratch[worker][i*simd.RowStride:][:hi-lo]
			copy(dst, columns.Row(first+i, dst))
		}
		b.tile.Transpose(b.at(c, panel), b.tile.Columns, b.scratch[worker], simd.RowStride, n, hi-lo)
	})
}

// taskTiles is the number of tiles of queries that a task multiplies: the sums
// of 8·14 queries and 256 training rows stay in the second-level cache.
const taskTiles = 8

// multiply sets out[i*width+j] to the product of query i of the tiles
// [first, last) and training row j. offsets is i*width for the rows of a tile.
func multiply(out []float32, offsets []int, q *queryBlock, t *trainBlock, first, last int) {
	w := t.width()
	for c := range chunks(q.d) {
		lo, hi := chunk(c, q.d)
		for i := first; i < last; i++ {
			a := q.at(c, i)
			for p := range t.panels {
				sums := out[(i-first)*q.tile.Rows*w+p*t.tile.Columns:]
				q.tile.ByRows(sums, offsets, a, t.at(c, p), hi-lo, t.tile.Columns, c > 0)
			}
		}
	}
}
