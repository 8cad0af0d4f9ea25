package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// lines are the rows of a task: lines of evenly spaced positions, in x or in a copy.
type lines struct {
	x, y                     []float32
	xStep, xLine             int
	yStep, yLine             int
	count, positions, height int
}

func (d *direct) run(m *matmul.Multiplier, y, x, w []float32) {
	buffer := m.Panels().Take(d.size)
	defer m.Panels().Give(buffer)
	packed := (*buffer)[:d.size]
	d.pack(m.Pool(), packed, w)
	d.runPacked(m, y, x, packed)
}

// runPacked computes y with weights that are packed.
func (d *direct) runPacked(m *matmul.Multiplier, y, x, packed []float32) {
	m.Pool().Run(len(d.tasks)*d.splits, func(i int) {
		t, j := d.tasks[i/d.splits], i%d.splits
		units := d.units[j*len(d.units)/d.splits : (j+1)*len(d.units)/d.splits]
		l := lines{y: y, yStep: d.Y.Width, yLine: d.Y.Height, xLine: d.Height.Stride * d.X.Height, xStep: d.Width.Stride * d.X.Width,
			count: t.to - t.from, positions: d.positions}
		switch {
		case d.flat:
			l.count, l.positions = 1, t.to-t.from
			l.x, l.y = x[t.from*d.X.Width:], y[t.from*d.Y.Width:]
		case d.strip == nil:
			l.x = x[t.image*d.X.Batch+(t.from*d.Height.Stride-d.Height.Padding)*d.X.Height-d.Width.Padding*d.X.Width:]
			l.y = y[t.image*d.Y.Batch+t.from*d.Y.Height:]
		default:
			s := d.strip
			buffer := m.Strips().Take(s.height(l.count) * s.row)
			defer m.Strips().Give(buffer)
			s.copy(*buffer, x, t.image, t.from, t.to)
			l.x, l.xLine, l.xStep = (*buffer)[:s.height(l.count)*s.row], d.Height.Stride*s.row, d.Width.Stride*s.cell
			l.y = y[t.image*d.Y.Batch+t.from*d.Y.Height:]
		}
		d.multiply(l, packed, units)
	})
}

// multiply computes some panels of a task. Either a panel stays in the first-level cache while
// the tiles pass by, or the rows of a tile stay there while panels in the second-level cache do.
func (d *direct) multiply(l lines, packed []float32, units []unit) {
	if d.tile.ISA() != simd.AVX512 || d.depth() <= shallow {
		for _, u := range units {
			for _, p := range d.parts {
				for line := range l.count {
					d.tiles(l, packed, u, p, line, 0, l.positions)
				}
			}
		}
		return
	}
	chunk := max(1, chunkBytes/(4*d.tile.Columns*d.parts[0].n))
	for len(units) > 0 {
		n := min(chunk, len(units))
		for _, p := range d.parts {
			d.chunk(l, packed, units[:n], p)
		}
		units = units[n:]
	}
}

// chunk multiplies each tile of the task with some panels.
func (d *direct) chunk(l lines, packed []float32, units []unit, p part) {
	tiles := (l.positions + d.tile.Rows - 1) / d.tile.Rows
	for line := range l.count {
		for i := range tiles {
			from, to := i*l.positions/tiles, (i+1)*l.positions/tiles
			for _, u := range units {
				d.tiles(l, packed, u, p, line, from, to)
			}
		}
	}
}

// tiles multiplies the positions [from, to) of a line with a panel.
func (d *direct) tiles(l lines, packed []float32, u unit, p part, line, from, to int) {
	c := l.y[line*l.yLine+from*l.yStep+u.block*d.out+u.col:]
	x := l.x[line*l.xLine+from*l.xStep+u.block*d.in:]
	b := packed[u.at+p.k*d.tile.Width(u.cols):]
	d.tile.Direct(c, l.yStep, x, l.xStep, b, p.runs, to-from, u.cols, p.k > 0)
}
