package conv

import (
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// depthwise is a convolution in which each output channel reads one input channel: a product
// would have one row of weights, so that each vector of channels is multiplied in place.
type depthwise struct {
	Problem
	tile    *simd.Tile
	height  []span // the window's rows of each output row
	columns []span // runs of output columns that use the same columns of the window
	// taps holds, by the class of an output row and the run of columns, the cells of the window,
	// relative to the first of them.
	taps  [][]simd.Taps
	rows  int // output rows per task
	block int // channels whose weights and input rows stay in the first-level cache
	done  int // output rows of a block that are reported together
}

// span is a run of count output positions from first on, which read the kernel's indices
// [from, to); in is the input position that the first of them reads at index from.
type span struct{ first, count, from, to, in, class int }

// taskProducts is the approximate number of products of a task, leastProducts the number below
// which a task is not divided further, to make manyTasks.
const (
	taskProducts  = 1 << 19
	leastProducts = 1 << 15
	manyTasks     = 16
)

// newDepthwise returns nil if p is not such a convolution, or not in this layout.
func newDepthwise(p Problem, t *simd.Tile) *depthwise {
	switch {
	case p.Groups < 2 || p.Groups != p.InChannels || p.Groups != p.OutChannels || p.BatchGroups > 1:
	case p.Height.InDilation > 1 || p.Width.InDilation > 1:
	case p.X.Channels != 1 || p.W.Channels != 1 || p.Y.Channels != 1:
	default:
		d := &depthwise{Problem: p, tile: t, columns: p.Width.spans()}
		d.height = p.Height.rows()
		d.cut()
		return d
	}
	return nil
}

// rows returns the span of each output position. Positions with the same kernel indices have the
// same class.
func (a Axis) rows() []span {
	var rows []span
	for _, s := range a.spans() {
		for i := range s.count {
			rows = append(rows, span{first: s.first + i, count: 1, from: s.from, to: s.to, in: s.in + i*a.Stride, class: s.class})
		}
	}
	return rows
}

// spans divides the output positions into runs with the same kernel indices.
func (a Axis) spans() []span {
	var spans []span
	for o := range a.Out {
		s := span{first: o, count: 1, class: len(spans)}
		at := o*a.Stride - a.Padding
		for s.from = 0; s.from < a.Kernel && at+s.from*a.KernelDilation < 0; s.from++ {
		}
		for s.to = s.from; s.to < a.Kernel && at+s.to*a.KernelDilation < a.In; s.to++ {
		}
		s.in = at + s.from*a.KernelDilation
		if n := len(spans); n > 0 && spans[n-1].from == s.from && spans[n-1].to == s.to {
			spans[n-1].count++
			continue
		}
		spans = append(spans, s)
	}
	return spans
}

// cut lists the taps and chooses the size of tasks.
func (d *depthwise) cut() {
	for _, row := range d.height {
		if row.class < len(d.taps) {
			continue
		}
		var taps []simd.Taps
		for _, s := range d.columns {
			taps = append(taps, simd.NewTaps(d.cells(row, s)))
		}
		d.taps = append(d.taps, taps)
	}
	products := d.Width.Out * d.Height.Kernel * d.Width.Kernel * d.InChannels
	all := d.Batch * d.Height.Out
	d.rows = max(1, min(taskProducts, max(products*all/manyTasks, leastProducts))/max(products, 1))
	d.block = d.channels()
	d.done = max(1, reportSize/max(1, d.Width.Out*d.block))
}

// firstCache is about the number of floats that the first-level cache has for weights and input
// rows, reportSize the number of results that are reported together, which are still there.
const (
	firstCache = 10 << 10
	reportSize = 4 << 10
)

// channels divides the channels evenly, if they are many, into blocks of whole vectors; the last
// one has at least one vector.
func (d *depthwise) channels() int {
	n, unit := d.InChannels, 4*d.tile.Lanes
	most := max(unit, firstCache/max(1, d.Height.Kernel*(d.Width.Kernel+d.Width.In)))
	if n < most+most/2 {
		return n
	}
	block := n
	for blocks := 2; block > most; blocks++ {
		block = ((n+blocks-1)/blocks + unit - 1) / unit * unit
		if block == unit {
			break
		}
	}
	return block
}

// cells returns the taps of a row and a run of columns.
func (d *depthwise) cells(row, column span) []simd.Tap {
	var taps []simd.Tap
	for r := row.from; r < row.to; r++ {
		for s := column.from; s < column.to; s++ {
			taps = append(taps, simd.Tap{
				X: (r-row.from)*d.Height.KernelDilation*d.X.Height + (s-column.from)*d.Width.KernelDilation*d.X.Width,
				W: d.Height.index(r)*d.W.Height + d.Width.index(s)*d.W.Width,
			})
		}
	}
	return taps
}

func (d *depthwise) run(threads *pool.Pool, y, x, w []float32, then done) {
	all := d.Batch * d.Height.Out
	threads.Run((all+d.rows-1)/d.rows, func(i int) {
		from, to := i*d.rows, min((i+1)*d.rows, all)
		for c := 0; c < d.InChannels; {
			n := d.block
			if d.InChannels-c < n+d.tile.Lanes {
				n = d.InChannels - c
			}
			for row := from; row < to; {
				first := row
				for end := min(row+d.done, to); row < end; row++ {
					d.row(y[c:], x[c:], w[c:], row/d.Height.Out, row%d.Height.Out, n)
				}
				if then != nil {
					then(first*d.Width.Out, row*d.Width.Out, c, n)
				}
			}
			c += n
		}
	})
}

// row computes n channels of output row h of an image.
func (d *depthwise) row(y, x, w []float32, image, h, n int) {
	row := d.height[h]
	for i, s := range d.columns {
		taps := d.taps[row.class][i]
		in := 0
		if row.from < row.to && s.from < s.to {
			in = image*d.X.Batch + row.in*d.X.Height + s.in*d.X.Width
		}
		out := image*d.Y.Batch + h*d.Y.Height + s.first*d.Y.Width
		d.tile.Depthwise(y[out:], d.Y.Width, x[in:], d.Width.Stride*d.X.Width, w, taps, s.count, n)
	}
}
