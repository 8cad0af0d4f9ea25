package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// winograd is a convolution with 3 by 3 kernels and stride 1 by Winograd's F(2×2, 3×3): squares
// of 4 by 4 inputs and the kernels are transformed, multiplied value by value, which is 16
// products of matrices, and transformed to squares of 2 by 2 outputs. That takes 4 products per
// output and pair of channels in place of 9.
//
// The result differs from the exact sum by at most 81·C·(C+8)·2⁻²⁴ times the largest input and
// the largest weight for C input channels. The plain sum has the same bound with C in place of
// C+8; on random numbers the error is about the same. The last bits differ from the plain
// sum. It is used for constant weights only: training never uses it.
type winograd struct {
	Problem
	tile       *simd.Tile
	product    *direct // one of the 16 products
	strip      *strip
	high, wide int // squares of an image
	step       int // floats from one square to the next in the transformed input
	tasks      []rows
}

// Sizes from which the transforms are worth while, the squares of a task, and the number of tasks for
// a thread below which the panels are divided too.
const (
	winogradChannels  = 32
	winogradSquares   = 56
	winogradPerThread = 2
)

// newWinograd returns nil if p has another form or is too small.
func newWinograd(p Problem, t *simd.Tile) *winograd {
	h, w := p.Height, p.Width
	switch {
	case h.Kernel != 3 || w.Kernel != 3 || h.Stride*w.Stride > 1 || p.Groups*p.BatchGroups > 1:
	case h.InDilation*w.InDilation*h.KernelDilation*w.KernelDilation > 1 || p.X.Channels != 1 || p.Y.Channels != 1:
	case min(p.InChannels, p.OutChannels) < winogradChannels || p.InChannels%t.Lanes+p.OutChannels%t.Lanes > 0 || min(h.Out, w.Out) < 4:
	default:
		return plannedWinograd(p, t)
	}
	return nil
}

func plannedWinograd(p Problem, t *simd.Tile) *winograd {
	f := &winograd{Problem: p, tile: t, high: (p.Height.Out + 1) / 2, wide: (p.Width.Out + 1) / 2, step: p.InChannels}
	if f.step%(conflict/2) == 0 {
		f.step += 16
	}
	f.strip = &strip{Problem: p, cell: p.InChannels, width: 2*f.wide + 2, extra: 3}
	f.strip.row = f.strip.width * f.strip.cell
	one := Axis{In: 1, Kernel: 1, Out: 1}
	f.product = newDirect(Problem{Batch: 1, InChannels: p.InChannels, OutChannels: p.OutChannels, Height: one, Width: one,
		X: Strides{Channels: 1, Width: f.step, Height: f.step}, Y: Strides{Channels: 1, Width: p.OutChannels, Height: p.OutChannels},
		W: Strides{Batch: p.OutChannels, Channels: 1}}.normal(), t)
	images, most := 1, max(1, winogradSquares/f.wide)
	if n := f.high * f.wide; n < winogradSquares {
		images = winogradSquares / n
	}
	ends := matmul.Runs(nil, 0, f.high, most)
	for image := 0; image < p.Batch; image += images {
		for i := range len(ends) - 1 {
			f.tasks = append(f.tasks, rows{image, min(images, p.Batch-image), ends[i], ends[i+1]})
		}
	}
	return f
}

// pack transforms the weights, with sums in float64, and packs them.
func (f *winograd) pack(threads *pool.Pool, w []float32) []float32 {
	size, matrix := f.product.size, f.InChannels*f.OutChannels
	packed, u := memory.Floats(16*size), memory.Floats(16*matrix)
	threads.Run(f.InChannels, func(i int) {
		for o := range f.OutChannels {
			g := f.transformed(w[i*f.W.Batch+o*f.W.Channels:])
			for xi, v := range g {
				u[xi*matrix+i*f.OutChannels+o] = float32(v)
			}
		}
	})
	for xi := range 16 {
		f.product.pack(threads, packed[xi*size:(xi+1)*size], u[xi*matrix:])
	}
	return packed
}

// transformed returns G·g·Gᵀ for the kernel g that begins at w[0].
func (f *winograd) transformed(w []float32) (out [16]float64) {
	var half [12]float64
	for s := range 3 {
		var g [3]float64
		for r := range g {
			g[r] = float64(w[f.Height.index(r)*f.W.Height+f.Width.index(s)*f.W.Width])
		}
		for r, v := range kernelRows(g) {
			half[3*r+s] = v
		}
	}
	for r := range 4 {
		for s, v := range kernelRows([3]float64(half[3*r:])) {
			out[4*r+s] = v
		}
	}
	return out
}

// kernelRows returns G·g.
func kernelRows(g [3]float64) [4]float64 {
	return [4]float64{g[0], (g[0] + g[1] + g[2]) / 2, (g[0] - g[1] + g[2]) / 2, g[2]}
}

func (f *winograd) run(m *matmul.Multiplier, y, x, packed []float32, then done) {
	splits := min(len(f.product.units), ceil(winogradPerThread*m.Pool().Threads(), len(f.tasks))) // tasks that share the same squares
	m.Pool().Run(len(f.tasks)*splits, func(i int) {
		t, j, all := f.tasks[i/splits], i%splits, f.product.units
		f.task(m, t, all[j*len(all)/splits:(j+1)*len(all)/splits], y, x, packed)
		if then != nil {
			first := t.image*f.Height.Out + 2*t.from
			last := (t.image+t.images-1)*f.Height.Out + min(2*t.to, f.Height.Out)
			col, cols := channels(all[j*len(all)/splits : (j+1)*len(all)/splits])
			then(first*f.Width.Out, last*f.Width.Out, col, cols)
		}
	})
}

// channels returns the first output channel of panels of one block, and their number.
func channels(units []unit) (col, cols int) {
	last := units[len(units)-1]
	return units[0].col, last.col + last.cols - units[0].col
}

// task computes the output channels of some panels for some squares.
func (f *winograd) task(m *matmul.Multiplier, t rows, units []unit, y, x, packed []float32) {
	each := (t.to - t.from) * f.wide // squares of an image
	squares := t.images * each
	strip := m.Strips().Take(f.strip.height(2*(t.to-t.from)) * f.strip.row)
	defer m.Strips().Give(strip)
	v, products := m.Gathered().Take(16*squares*f.step), m.Gathered().Take(16*squares*f.OutChannels)
	defer m.Gathered().Give(v)
	defer m.Gathered().Give(products)
	for image := range t.images {
		f.strip.copy(*strip, x, t.image+image, 2*t.from, 2*t.to)
		f.in((*v)[image*each*f.step:], squares, *strip, t.to-t.from)
	}
	f.multiply(*products, *v, packed, squares, units)
	for image := range t.images {
		f.out(y[(t.image+image)*f.Y.Batch:], (*products)[image*each*f.OutChannels:], squares, t, units)
	}
}

// in transforms rows of squares of an image.
func (f *winograd) in(v []float32, squares int, strip []float32, rows int) {
	for r := range rows {
		for s := range f.wide {
			x := strip[2*r*f.strip.row+2*s*f.strip.cell:]
			f.tile.WinogradIn(v[(r*f.wide+s)*f.step:], squares*f.step, x, f.strip.row, f.strip.cell, f.InChannels)
		}
	}
}

// multiply computes the 16 products.
func (f *winograd) multiply(products, v, packed []float32, squares int, units []unit) {
	size := f.product.size
	for xi := range 16 {
		t := directTask{direct: f.product, packed: packed[xi*size:], units: units, end: squares}
		t.multiply(lines{x: v[xi*squares*f.step:], y: products[xi*squares*f.OutChannels:], xStep: f.step, yStep: f.OutChannels,
			count: 1, positions: squares})
	}
}

// out transforms the products to rows of squares of an image. The last row or column of squares
// may reach beyond the image by one.
func (f *winograd) out(y, products []float32, squares int, t rows, units []unit) {
	col, cols := channels(units)
	for r := range t.to - t.from {
		h, row := 2*(t.from+r), f.Y.Height
		if h+1 == f.Height.Out {
			row = 0
		}
		for s := range f.wide {
			cell := f.Y.Width
			if 2*s+1 == f.Width.Out {
				cell = 0
			}
			m := products[(r*f.wide+s)*f.OutChannels+col:]
			f.tile.WinogradOut(y[h*f.Y.Height+2*s*f.Y.Width+col:], row, cell, m, squares*f.OutChannels, cols)
		}
	}
}
