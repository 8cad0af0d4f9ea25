package matmul

import "repbench/internal/simd"

// part is the share of a product that one packed part of B makes.
type part struct {
	m         *Multiplier
	a         A
	c         C
	panels    []float32
	col, cols int
	k, depth  int
	add       bool
}

// pack fills the panels on all threads: panel p holds the columns from
// p·Columns of the part, depth rows of its width.
func (p *part) pack(b B) {
	p.m.pool.Run(p.blocks(), func(i int) { p.packBlock(b, i) })
}

// blocks is the number of blocks that are packed each by itself.
func (p *part) blocks() int { return ceil(p.cols, p.m.tile.Columns) * ceil(p.depth, packDepth) }

// packBlock packs one of them: packDepth rows of a panel.
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
			n := min(depth, p.depth-l)
			if p.a.Form() == ByRows {
				p.byRows(s, first, rows, l, n)
			} else {
				p.byColumns(s, first, rows, l, n)
			}
		}
	}
}

// byRows packs and multiplies tile by tile, so that a tile of A is read from
// the first-level cache.
func (p *part) byRows(s *taskScratch, row, rows, l, n int) {
	step := even(rows, p.m.tile.Rows)
	for i := 0; i < rows; i += step {
		h := min(step, rows-i)
		p.a.Pack(s.a, simd.RowStride, row+i, h, p.k+l, n)
		p.eachPanel(func(c, panel []float32, w, cols int) {
			p.m.tile.ByRows(c, s.offsets[i:i+h], s.a, panel[l*w:], n, cols, p.add || l > 0)
		})
	}
}

// columnStride is the distance of packed columns: an odd number of cache lines
// spreads them over the sets of the first-level cache.
func columnStride(rows int) int {
	const line = 16
	return ((rows+line-1)/line | 1) * line
}

// byColumns packs all rows at once.
func (p *part) byColumns(s *taskScratch, row, rows, l, n int) {
	stride := columnStride(rows)
	p.a.Pack(s.a, stride, row, rows, p.k+l, n)
	step := even(rows, p.m.tile.Rows)
	for i := 0; i < rows; i += step {
		h := min(step, rows-i)
		p.eachPanel(func(c, panel []float32, w, cols int) {
			p.m.tile.ByColumns(c, s.offsets[i:i+h], s.a[i:], stride, panel[l*w:], n, cols, p.add || l > 0)
		})
	}
}

func (p *part) eachPanel(f func(c, panel []float32, w, cols int)) {
	width := p.m.tile.Columns
	for j := 0; j*width < p.cols; j++ {
		cols := min(width, p.cols-j*width)
		f(p.c.Data[p.col+j*width:], p.panel(j), p.m.tile.Width(cols), cols)
	}
}
