package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// direct is a convolution whose input is read where it is, or from a copy of a few rows with
// their padding, so that no window is packed. The sums have the order and the bits of a product
// that packs.
//
// Groups with fewer output channels than a vector has lanes are merged: the weights of a merged
// group are a matrix with the groups' weights on the diagonal and zeros elsewhere. A value that
// is not finite therefore spoils the channels of the groups that are merged with its own.
type direct struct {
	Problem
	tile    *simd.Tile
	merged  int    // groups per block
	in, out int    // channels per block
	units   []unit // the panels of all blocks
	size    int    // floats of packed weights
	parts   []part
	strip   *strip // how a task copies its rows; nil if it reads x in place
	// Positions of a line are evenly spaced in x and in y, and so are lines.
	lines, positions int
	flat             bool // one line holds the positions of all images
	gather           bool // the rows of a task are copied one after the other, part by part
	tasks            []rows
}

// unit is a panel of weights: columns [col, col+cols) of a block.
type unit struct{ block, col, cols, at int }

// part is a range of the sum that stays in registers: n terms from the term k on.
type part struct {
	runs []simd.Run
	k, n int
}

// rows are the lines [from, to) of some images, or positions if the plan is flat.
type rows struct{ image, images, from, to int }

// Sizes that decide how the work is divided.
const (
	perThread   = 3         // tasks for a thread below which the panels are divided too
	chunkBytes  = 512 << 10 // panels that stay in the second-level cache
	resultBytes = 384 << 10 // results that stay in that cache
	mostUnits   = 16        // panels after which the results are complete and still in that cache
	shallow     = 192       // terms up to which a panel stays in the first-level cache
	gatherOut   = 96        // output channels from which a copy of short lines is worth while
)

// newDirect returns nil if p has another form or layout.
func newDirect(p Problem, t *simd.Tile) *direct {
	if p.BatchGroups > 1 || p.Height.InDilation > 1 || p.Width.InDilation > 1 || p.X.Channels != 1 ||
		p.Height.Out < 1 || p.Width.Out < 1 || p.Height.Kernel < 1 || p.Width.Kernel < 1 {
		return nil
	}
	d := &direct{Problem: p, tile: t, merged: 1}
	if out := p.OutChannels / p.Groups; p.Groups > 1 && t.Lanes%out == 0 && p.Groups%(t.Lanes/out) == 0 {
		d.merged = t.Lanes / out
	}
	d.in, d.out = d.merged*p.InChannels/p.Groups, d.merged*p.OutChannels/p.Groups
	for b := range p.Groups / d.merged {
		for col := 0; col < d.out; col += t.Columns {
			cols := min(t.Columns, d.out-col)
			d.units = append(d.units, unit{b, col, cols, d.size})
			d.size += d.depth() * t.Width(cols)
		}
	}
	d.shape()
	d.cutSums()
	d.cutRows()
	return d
}

// depth returns the number of terms of a sum.
func (d *direct) depth() int { return d.Height.Kernel * d.Width.Kernel * d.in }

// shape decides what a line is, and whether the rows of a task are copied.
func (d *direct) shape() {
	d.lines, d.positions = d.Height.Out, d.Width.Out
	h, w := d.Height, d.Width
	if h.Kernel*w.Kernel == 1 && h.Stride*w.Stride == 1 && h.Padding == 0 && w.Padding == 0 && h.In == h.Out && w.In == w.Out &&
		d.X.Height == w.In*d.X.Width && d.Y.Height == w.Out*d.Y.Width &&
		(d.Batch == 1 || d.X.Batch == h.In*d.X.Height && d.Y.Batch == h.Out*d.Y.Height) {
		d.flat, d.lines, d.positions = true, 1, d.Batch*h.Out*w.Out
		d.gather = d.X.Width%conflict == 0
		return
	}
	d.strip = newStrip(d.Problem)
	d.gather = d.positions%d.tile.Rows != 0 && d.positions < 2*d.tile.Rows && d.lines > 1 && d.out >= gatherOut &&
		d.Y.Height == d.positions*d.Y.Width && (d.Batch == 1 || d.Y.Batch == d.lines*d.Y.Height)
}

// cutSums lists the parts of a sum.
func (d *direct) cutSums() {
	runs := d.runs()
	k := 0
	for _, end := range matmul.Depths(d.tile, d.depth()) {
		p := part{k: k, n: end - k}
		for k < end {
			n := min(runs[0].N, end-k)
			p.runs = append(p.runs, simd.Run{X: runs[0].X, N: n})
			runs[0].X, runs[0].N, k = runs[0].X+n, runs[0].N-n, k+n
			if runs[0].N == 0 {
				runs = runs[1:]
			}
		}
		d.parts = append(d.parts, p)
	}
}

// runs lists the contiguous parts of a window.
func (d *direct) runs() []simd.Run {
	height, width := d.X.Height, d.X.Width
	if d.strip != nil {
		height, width = d.strip.row, d.strip.cell
	}
	var runs []simd.Run
	for r := range d.Height.Kernel {
		for s := range d.Width.Kernel {
			at := r*d.Height.KernelDilation*height + s*d.Width.KernelDilation*width
			if n := len(runs); n > 0 && runs[n-1].X+runs[n-1].N == at {
				runs[n-1].N += d.in
				continue
			}
			runs = append(runs, simd.Run{X: at, N: d.in})
		}
	}
	return runs
}

// cutRows makes the tasks.
func (d *direct) cutRows() {
	most := matmul.TaskRows(d.tile)
	if d.flat {
		ends := matmul.Runs(nil, 0, d.positions, most)
		for i := range len(ends) - 1 {
			d.tasks = append(d.tasks, rows{0, 1, ends[i], ends[i+1]})
		}
	} else {
		images := 1
		if d.gather {
			images = max(1, most/(d.positions*d.lines))
		}
		ends := matmul.Runs(nil, 0, d.lines, max(1, most/d.positions))
		for image := 0; image < d.Batch; image += images {
			for i := range len(ends) - 1 {
				d.tasks = append(d.tasks, rows{image, min(images, d.Batch-image), ends[i], ends[i+1]})
			}
		}
	}
}

// splits returns the number of tasks that share the same rows, which each of them copies. It
// does not change the order of any sum.
func (d *direct) splits(threads int) int {
	if d.Alone {
		return 1
	}
	return min(len(d.units), ceil(perThread*threads, len(d.tasks)))
}

func ceil(a, b int) int { return (a + b - 1) / b }
