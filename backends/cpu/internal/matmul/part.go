package matmul

import "repbench/internal/simd"

// part is the contribution of one packed part of B to a product.
type part struct {
	m         *Multiplier
	a         A
	c         C
	panels    []float32
	col, cols int
	k, depth  int
	add       bool
	last      bool // the product is complete after it
}

// pack fills the panels on all threads: panel p holds the columns from p·Columns of the part,
// with depth rows.
func (p *part) pack(b B) {
	p.m.pool.Run(p.blocks(), func(i int) { p.packBlock(b, i) })
}

// blocks returns the number of blocks that are packed separately.
func (p *part) blocks() int { return p.panelCount() * ceil(p.depth, packDepth) }

// packBlock packs block i: packDepth rows of a panel.
func (p *part) packBlock(b B, i int) {
	width, rows := p.m.tile.Columns, ceil(p.depth, packDepth)
	j, l := i/rows, i%rows*packDepth
	cols := min(width, p.cols-j*width)
	w := p.m.tile.Width(cols)
	b.Pack(p.panel(j)[l*w:], w, p.k+l, min(packDepth, p.depth-l), p.col+j*width, cols)
}

func ceil(n, d int) int { return (n + d - 1) / d }

// panel returns panel j.
func (p *part) panel(j int) []float32 {
	return p.panels[j*p.depth*p.m.tile.Columns:]
}

// task multiplies the rows [row, end).
func (p *part) task(row, end int) {
	s := p.m.scratch.Get().(*taskScratch)
	defer p.m.scratch.Put(s)
	depth := even(p.depth, p.m.depth(p.cols))
	for first := row; first < end; first += len(s.offsets) {
		rows := min(len(s.offsets), end-first)
		p.c.Row(s.offsets[:rows], first)
		for l := 0; l < p.depth; l += depth {
			x := block{part: p, taskScratch: s, row: first, rows: rows, tiles: ceil(rows, p.m.tile.Rows), l: l, n: min(depth, p.depth-l)}
			x.multiply()
		}
		if p.last && p.c.Done != nil {
			p.c.Done(first, first+rows, p.col, p.cols)
		}
	}
}

// block is a task's rows of A, n columns deep from column l of the part. The rows are divided
// into tiles whose heights differ by at most one row; each tile is multiplied with one panel of
// B at a time.
type block struct {
	*part
	*taskScratch
	row, rows, tiles, l, n int
}

// first returns the first row of tile i.
func (x *block) first(i int) int { return i * x.rows / x.tiles }

// multiply packs the block and runs the tile over it. Either a tile of A stays in the
// first-level cache while the loop runs over the panels, or a panel stays while the loop runs
// over the tiles (panelFirst). In the first case tiles ByRows are packed one by one to the same
// memory.
func (x *block) multiply() {
	byRows := x.part.a.Form() == ByRows
	stride, next := columnStride(x.rows), 1 // from one row of A to the next
	if byRows {
		stride, next = simd.RowStride, simd.RowStride
	}
	if panelFirst(x.m.tile) {
		x.pack(stride, 0, x.rows)
		for j := range x.panelCount() {
			for i := range x.tiles {
				x.tile(x.taskScratch.a[x.first(i)*next:], i, j, stride, byRows)
			}
		}
		return
	}
	if byRows {
		next = 0
	} else {
		x.pack(stride, 0, x.rows)
	}
	for i := range x.tiles {
		if byRows {
			x.pack(stride, x.first(i), x.first(i+1)-x.first(i))
		}
		for j := range x.panelCount() {
			x.tile(x.taskScratch.a[x.first(i)*next:], i, j, stride, byRows)
		}
	}
}

// pack copies rows of A, from row at of the block on.
func (x *block) pack(stride, at, rows int) {
	x.part.a.Pack(x.taskScratch.a, stride, x.row+at, rows, x.k+x.l, x.n)
}

// tile multiplies tile i, packed at a, with panel j.
func (x *block) tile(a []float32, i, j, stride int, byRows bool) {
	t := x.m.tile
	cols := min(t.Columns, x.cols-j*t.Columns)
	c, panel := x.c.Data[x.col+j*t.Columns:], x.panel(j)[x.l*t.Width(cols):]
	offsets, add := x.offsets[x.first(i):x.first(i+1)], x.add || x.l > 0
	if byRows {
		t.ByRows(c, offsets, a, panel, x.n, cols, add)
		return
	}
	t.ByColumns(c, offsets, a, stride, panel, x.n, cols, add)
}

func (p *part) panelCount() int { return ceil(p.cols, p.m.tile.Columns) }

// columnStride returns the distance of packed columns: an odd number of cache lines, which
// spreads the columns over the sets of the first-level cache.
func columnStride(rows int) int {
	const line = 16
	return ((rows+line-1)/line | 1) * line
}
