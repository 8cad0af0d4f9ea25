package conv

import (
	"repbench/backends/cpu/internal/pool"
)

// pack packs the weights on all threads: the panel of each unit, row by row.
func (d *direct) pack(threads *pool.Pool, dst, w []float32) {
	cells := d.Height.Kernel * d.Width.Kernel
	threads.Run(len(d.units)*cells, func(i int) {
		u := d.units[i/cells]
		width := d.tile.Width(u.cols)
		d.packCell(dst[u.at+i%cells*d.in*width:][:d.in*width], width, w, u, i%cells)
	})
}

// packCell packs the rows of a unit for one cell of the kernel.
func (d *direct) packCell(dst []float32, width int, w []float32, u unit, cell int) {
	r, s := d.Height.index(cell/d.Width.Kernel), d.Width.index(cell%d.Width.Kernel)
	at := r*d.W.Height + s*d.W.Width + (u.block*d.out+u.col)*d.W.Channels
	if d.merged == 1 {
		d.packDense(dst, width, w[at:], d.in, u.cols)
		return
	}
	clear(dst)
	in, out := d.in/d.merged, d.out/d.merged
	for g := range d.merged {
		d.packDense(dst[g*in*width+g*out:], width, w[at+g*out*d.W.Channels:], in, out)
	}
}

// packDense packs the weights from in input channels to cols output channels.
func (d *direct) packDense(dst []float32, width int, w []float32, in, cols int) {
	if d.W.Channels != 1 && cols > 1 {
		d.tile.Transpose(dst, width, w, d.W.Channels, cols, in)
		return
	}
	var offsets [packRows]int
	for k := 0; k < in; k += packRows {
		n := min(packRows, in-k)
		for i := range n {
			offsets[i] = (k + i) * d.W.Batch
		}
		d.tile.CopyRows(dst[k*width:], width, w, offsets[:n], cols)
	}
}
