package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// lines are the rows of a task: lines of evenly spaced positions, in x or in a copy.
type lines struct {
	x, y             []float32
	xStep, xLine     int
	yStep, yLine     int
	count, positions int
	xImage           int // from one image to the next; count lines belong to an image
}

// done is called with parts of the result, output positions [row, end) and channels
// [col, col+cols), when they are complete and still in a cache: with each part once, by the task
// that computed it. It may be nil.
type done func(row, end, col, cols int)

func (d *direct) run(m *matmul.Multiplier, y, x, w []float32, then done) {
	buffer := m.Panels().Take(d.size)
	defer m.Panels().Give(buffer)
	packed := (*buffer)[:d.size]
	d.pack(m.Pool(), packed, w)
	d.runPacked(m, y, x, packed, then)
}

// runPacked computes y with weights that are packed.
func (d *direct) runPacked(m *matmul.Multiplier, y, x, packed []float32, then done) {
	splits := d.splits(m.Pool().Threads())
	m.Pool().Run(len(d.tasks)*splits, func(i int) {
		t, j := d.tasks[i/splits], i%splits
		r := directTask{direct: d, packed: packed, then: then}
		r.units = d.units[j*len(d.units)/splits : (j+1)*len(d.units)/splits]
		r.row = (t.image*d.lines + t.from) * d.positions
		r.end = r.row + t.images*(t.to-t.from)*d.positions
		if d.flat {
			r.row, r.end = t.from, t.to
		}
		if d.strip != nil {
			buffer := m.Strips().Take(t.images * d.strip.height(t.to-t.from) * d.strip.row)
			defer m.Strips().Give(buffer)
			r.strip = *buffer
		}
		if d.gather {
			buffer := m.Gathered().Take((r.end - r.row) * simd.RowStride)
			defer m.Gathered().Give(buffer)
			r.gathered = *buffer
		}
		r.multiply(d.linesOf(t, y, x, r.strip))
	})
}

// linesOf returns the lines of a task; strip is the memory for their copy.
func (d *direct) linesOf(t rows, y, x, strip []float32) lines {
	l := lines{yStep: d.Y.Width, yLine: d.Y.Height, xLine: d.Height.Stride * d.X.Height, xStep: d.Width.Stride * d.X.Width,
		count: t.to - t.from, positions: d.positions, xImage: d.X.Batch}
	if d.flat {
		l.count, l.positions = 1, t.to-t.from
		l.x, l.y = x[t.from*d.X.Width:], y[t.from*d.Y.Width:]
		return l
	}
	l.y = y[t.image*d.Y.Batch+t.from*d.Y.Height:]
	if s := d.strip; s != nil {
		l.xImage, l.xLine, l.xStep = s.height(l.count)*s.row, d.Height.Stride*s.row, d.Width.Stride*s.cell
		l.x = strip[:t.images*l.xImage]
		for i := range t.images {
			s.copy(l.x[i*l.xImage:], x, t.image+i, t.from, t.to)
		}
		return l
	}
	l.x = x[t.image*d.X.Batch+(t.from*d.Height.Stride-d.Height.Padding)*d.X.Height-d.Width.Padding*d.X.Width:]
	return l
}

// directTask is the work on output positions [row, end) with some panels.
type directTask struct {
	*direct
	packed          []float32
	units           []unit
	row, end        int
	strip, gathered []float32
	then            done
}

// multiply computes the panels of a task, some at a time. Either a panel stays in the
// first-level cache while the tiles pass by, or the rows of a tile stay there while panels in the
// second-level cache do.
//
// Rows that are copied part by part are copied for as many panels as have results in the
// second-level cache.
func (t *directTask) multiply(l lines) {
	chunk := max(1, min(mostUnits, chunkBytes/(4*t.tile.Columns*t.parts[0].n)))
	most := chunk
	if t.gather && len(t.parts) > 1 {
		most = max(chunk, resultBytes/(4*t.tile.Columns*(t.end-t.row)))
	}
	for units := t.units; len(units) > 0; {
		n := min(most, len(units))
		for t.gather && units[n-1].block != units[0].block {
			n--
		}
		for _, p := range t.parts {
			part, from := l, p
			if t.gather {
				part, from = t.gatherRows(l, p, units[0].block)
			}
			for at := 0; at < n; at += chunk {
				t.panels(part, units[at:min(at+chunk, n)], from)
			}
		}
		if t.then != nil {
			col, last := units[0].block*t.out+units[0].col, units[n-1]
			t.then(t.row, t.end, col, last.block*t.out+last.col+last.cols-col)
		}
		units = units[n:]
	}
}

// panels multiplies a part of the rows with panels.
func (t *directTask) panels(l lines, units []unit, p part) {
	if t.tile.ISA() == simd.AVX512 && t.depth() > shallow {
		t.tileByTile(l, units, p)
	} else {
		t.panelByPanel(l, units, p)
	}
}

func (t *directTask) panelByPanel(l lines, units []unit, p part) {
	for _, u := range units {
		for line := range l.count {
			t.tiles(l, u, p, line, 0, l.positions)
		}
	}
}

func (t *directTask) tileByTile(l lines, units []unit, p part) {
	tiles := (l.positions + t.tile.Rows - 1) / t.tile.Rows
	for line := range l.count {
		for i := range tiles {
			from, to := i*l.positions/tiles, (i+1)*l.positions/tiles
			for _, u := range units {
				t.tiles(l, u, p, line, from, to)
			}
		}
	}
}

// tiles multiplies the positions [from, to) of a line with a panel.
func (t *directTask) tiles(l lines, u unit, p part, line, from, to int) {
	c := l.y[line*l.yLine+from*l.yStep+u.block*t.out+u.col:]
	x := l.x[line*l.xLine+from*l.xStep:]
	if !t.gather {
		x = x[u.block*t.in:]
	}
	b := t.packed[u.at+p.k*t.tile.Width(u.cols):]
	t.tile.Direct(c, l.yStep, x, l.xStep, b, p.runs, to-from, u.cols, p.k > 0)
}

// gatherRows copies the part of all rows that a part of the sums needs, one row after the other.
func (t *directTask) gatherRows(l lines, p part, block int) (lines, part) {
	var offsets [maxRows]int
	for row := 0; row < t.end-t.row; row += maxRows {
		n, at := min(maxRows, t.end-t.row-row), row*simd.RowStride
		for i := range n {
			line := (row + i) / l.positions
			offsets[i] = line/l.count*l.xImage + line%l.count*l.xLine + (row+i)%l.positions*l.xStep + block*t.in
		}
		for _, r := range p.runs {
			t.tile.CopyRows(t.gathered[at:], simd.RowStride, l.x[r.X:], offsets[:n], r.N)
			at += r.N
		}
	}
	l.x, l.xStep, l.xLine = t.gathered, simd.RowStride, 0
	l.count, l.positions = 1, t.end-t.row
	return l, part{runs: []simd.Run{{N: p.n}}, k: p.k, n: p.n}
}
