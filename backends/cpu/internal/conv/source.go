package conv

import (
	"unsafe"

	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/strided"
)

// Source are weights that are read piece by piece, such as from a file.
type Source struct {
	// Strides are the distances between weights in the source; Problem.W has them for weights in
	// memory.
	Strides Strides
	// Read reads values in the order in which they lie, from the given one on. Several goroutines
	// call it at once.
	Read func(dst []float32, from int) error
}

// Load is Pack for weights from a source, without the whole of them in memory where that is
// possible: the result is complete when all tasks have run, in any order or at the same time. take
// gives zero memory that lives as long as the result.
func (plan *Plan) Load(m *matmul.Multiplier, src Source, take func(n int) ([]float32, error)) (*Packed, []func() error, error) {
	d, p := plan.direct, &Packed{}
	if d == nil || d.merged > 1 || !src.byOutput(d) && (plan.winograd != nil || !src.byInput(d)) {
		return p, []func() error{func() error { return plan.loadWhole(m, p, src, take) }}, nil
	}
	l := &loader{direct: d, m: m, src: src}
	var err error
	switch {
	case plan.winograd != nil:
		l.winograd, l.direct = plan.winograd, plan.winograd.product
		p.squares, err = take(16 * l.direct.size)
		l.dst = p.squares
		return p, l.tasks(len(l.direct.units), l.squares), err
	case src.byOutput(d):
		p.panels, err = take(d.size)
		l.dst = p.panels
		return p, l.tasks(len(d.units), l.panel), err
	}
	p.panels, err = take(d.size)
	l.dst = p.panels
	return p, l.tasks((d.in+l.rows()-1)/l.rows()*d.cells(), l.band), err
}

// byOutput reports whether the weights of an output channel lie together, input by input, one
// channel after the other.
func (s Source) byOutput(d *direct) bool {
	return s.Strides.Channels == d.depth() && s.Strides.Batch == d.cells() && d.cells()*d.tile.Columns <= pieceSize
}

// byInput reports whether the weights of an input channel to all outputs lie together, one channel
// after the other.
func (s Source) byInput(d *direct) bool {
	return d.Groups == 1 && s.Strides.Channels == 1 && s.Strides.Batch == d.out
}

// cells returns the number of cells of a kernel.
func (d *direct) cells() int { return d.Height.Kernel * d.Width.Kernel }

// loadWhole packs weights that are in memory as a whole for that time, in the plan's order.
func (plan *Plan) loadWhole(m *matmul.Multiplier, p *Packed, src Source, take func(n int) ([]float32, error)) error {
	w := plan.given
	n := w.Height.Kernel * w.Width.Kernel * (w.InChannels / w.Groups) * w.OutChannels
	from, to := m.Panels().Take(n), m.Panels().Take(n)
	defer m.Panels().Give(from)
	defer m.Panels().Give(to)
	if err := src.Read((*from)[:n], 0); err != nil {
		return err
	}
	dims := []int{w.Height.Kernel, w.Width.Kernel, w.InChannels / w.Groups, w.OutChannels}
	order := func(s Strides) strided.Layout {
		return strided.Layout{Strides: []int{s.Height, s.Width, s.Batch, s.Channels}}
	}
	strided.Plan(dims, order(w.W), order(src.Strides), 4).Run(m.Pool(), unsafe.Pointer(&(*to)[0]), unsafe.Pointer(&(*from)[0]))
	packed := plan.Pack(m, (*to)[:n])
	if packed.Keeps() {
		own, err := take(n)
		if err != nil {
			return err
		}
		copy(own, (*to)[:n])
		packed = plan.Pack(m, own)
	}
	*p = *packed
	return nil
}

// loader packs weights piece by piece.
type loader struct {
	*direct
	winograd *winograd // whose kernels are transformed, or nil
	m        *matmul.Multiplier
	src      Source
	dst      []float32
}

// Sizes of pieces, in values. Both buffers of a task fit into the second-level cache or nearly so.
const (
	pieceSize = 1 << 17
	bandSize  = 1 << 16
)

// tasks returns n tasks with scratch memory.
func (l *loader) tasks(n int, f func(i int, piece, turned []float32) error) []func() error {
	all := make([]func() error, n)
	for i := range all {
		all[i] = func() error {
			// One buffer of 4 MiB, which has huge pages.
			b := l.m.Panels().Take(1 << 20)
			defer l.m.Panels().Give(b)
			return f(i, (*b)[:len(*b)/2], (*b)[len(*b)/2:])
		}
	}
	return all
}

// panel packs unit i of weights that lie output by output.
func (l *loader) panel(i int, piece, turned []float32) error {
	u := l.units[i]
	width, cells := l.tile.Width(u.cols), l.cells()
	dst := l.dst[u.at:][:l.depth()*width]
	return l.pieces(u, piece, func(from, n int, piece []float32) {
		if cells == 1 {
			l.tile.Transpose(dst[from*width:], width, piece, n, u.cols, n)
			return
		}
		l.tile.Transpose(turned, width, piece, n, u.cols, n)
		for cell := range cells {
			l.pick(dst[(cell*l.in+from/cells)*width:], turned[l.at(cell)*width:], width, u.cols, n/cells)
		}
	})
}

// at returns the distance in the source from the first cell of a kernel to the given one.
func (l *loader) at(cell int) int {
	r, s := l.Height.index(cell/l.Width.Kernel), l.Width.index(cell%l.Width.Kernel)
	return r*l.src.Strides.Height + s*l.src.Strides.Width
}

// pick copies n rows of cols values that are as many rows apart as a kernel has cells.
func (l *loader) pick(dst, src []float32, width, cols, n int) {
	for i := range n {
		copy(dst[i*width:][:cols], src[i*l.cells()*width:])
	}
}

// pieces reads the weights of a unit: for its outputs the values [from, from+n) of each, one output
// after the other.
func (l *loader) pieces(u unit, piece []float32, use func(from, n int, piece []float32)) error {
	cells, depth := l.src.Strides.Batch, l.src.Strides.Channels
	most := min(depth, pieceSize/l.tile.Width(u.cols)/cells*cells)
	first := (u.block*l.out + u.col) * depth
	for from := 0; from < depth; from += most {
		n := min(most, depth-from)
		if n == depth {
			if err := l.src.Read(piece[:u.cols*n], first); err != nil {
				return err
			}
		} else {
			for o := range u.cols {
				if err := l.src.Read(piece[o*n:][:n], first+o*depth+from); err != nil {
					return err
				}
			}
		}
		use(from, n, piece)
	}
	return nil
}

// rows returns the number of input channels that a task of band reads.
func (l *loader) rows() int { return max(1, min(packRows, bandSize/l.out)) }

// band packs some input channels of one cell of weights that lie input by input.
func (l *loader) band(i int, piece, _ []float32) error {
	bands := (l.in + l.rows() - 1) / l.rows()
	cell, from := i/bands, i%bands*l.rows()
	n := min(l.rows(), l.in-from)
	if n*l.out > len(piece) {
		piece = make([]float32, n*l.out)
	}
	if err := l.src.Read(piece[:n*l.out], l.at(cell)+from*l.out); err != nil {
		return err
	}
	var offsets [packRows]int
	for _, u := range l.units {
		for k := range n {
			offsets[k] = k*l.out + u.col
		}
		width := l.tile.Width(u.cols)
		l.tile.CopyRows(l.dst[u.at+(cell*l.in+from)*width:], width, piece, offsets[:n], u.cols)
	}
	return nil
}

// squares transforms and packs unit i of Winograd's kernels that lie output by output.
func (l *loader) squares(i int, piece, turned []float32) error {
	u := l.units[i]
	width := l.tile.Width(u.cols)
	return l.pieces(u, piece, func(from, n int, piece []float32) {
		l.tile.Transpose(turned, width, piece, n, u.cols, n)
		for k := range n / 9 {
			l.transform(l.dst[u.at+(from/9+k)*width:], turned[9*k*width:], width, u.cols)
		}
	})
}

// transform sets the 16 rows of dst, one for each product, to the transformed kernels of one input
// channel, cell by cell in src; see winograd.transformed.
func (l *loader) transform(dst, src []float32, width, cols int) {
	var w [9][]float32
	for cell := range w {
		r, s := l.winograd.Height.index(cell/3), l.winograd.Width.index(cell%3)
		w[cell] = src[(r*l.src.Strides.Height+s*l.src.Strides.Width)*width:][:cols]
	}
	var out [16][]float32
	for xi := range out {
		out[xi] = dst[xi*l.size:][:cols]
	}
	for o := range cols {
		var half [4][3]float64
		for s := range 3 {
			for r, v := range kernelRows([3]float64{float64(w[s][o]), float64(w[3+s][o]), float64(w[6+s][o])}) {
				half[r][s] = v
			}
		}
		for r := range half {
			for s, v := range kernelRows(half[r]) {
				out[4*r+s][o] = float32(v)
			}
		}
	}
}
