package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// input is x as the left operand of a product.
type input struct {
	*product
	x []float32
}

func (a *input) Form() matmul.Form { return a.form }
func (a *input) Tasks() []int      { return a.tasks }

func (a *input) Pack(dst []float32, stride, row, rows, k, n int) {
	if a.form == matmul.ByRows {
		a.packRows(dst, stride, row, rows, k, n)
		return
	}
	a.packColumns(dst, stride, row, rows, k, n)
}

// packRows gathers positions: k is cell·InChannels + channel, and the channels of a cell are
// contiguous.
func (a *input) packRows(dst []float32, stride, row, rows, k, n int) {
	var images, positions, offsets [maxRows]int
	image, pos := a.split(row)
	for i := range rows {
		images[i], positions[i] = image*a.X.Batch, pos
		image, pos = a.next(image, pos)
	}
	count := a.positions()
	for n > 0 {
		cell, channel := k/a.InChannels, k%a.InChannels
		run := min(a.InChannels-channel, n)
		where := a.where[cell*count : (cell+1)*count]
		for i := range rows {
			offsets[i] = -1
			if at := where[positions[i]]; at >= 0 {
				offsets[i] = images[i] + int(at) + channel
			}
		}
		a.tile.CopyRows(dst, stride, a.x, offsets[:rows], run)
		dst, k, n = dst[min(run, len(dst)):], k+run, n-run
	}
}

// maxRows is an upper bound on the number of rows of a task in the form ByRows.
const maxRows = 128

// packColumns gathers cells: k is channel·cells + cell. All rows are images of one position and
// are adjacent in memory.
func (a *input) packColumns(dst []float32, stride, row, rows, k, n int) {
	var offsets [simd.MaxDepth]int
	image, pos := a.split(row)
	cells := len(a.cells)
	where := a.where[pos*cells : (pos+1)*cells]
	channel, cell := k/cells, k%cells
	base := image + channel*a.X.Channels
	for i := range n {
		offsets[i] = -1
		if at := where[cell]; at >= 0 {
			offsets[i] = base + int(at)
		}
		if cell++; cell == cells {
			cell, base = 0, base+a.X.Channels
		}
	}
	a.tile.CopyRows(dst, stride, a.x, offsets[:n], rows)
}

// kernel is w as the right operand of a product.
type kernel struct {
	*product
	w []float32
}

func (b *kernel) Pack(dst []float32, width, k, n, col, cols int) {
	if b.W.Channels != 1 && b.OutChannels > 1 {
		b.packTransposed(dst, width, k, n, col, cols)
		return
	}
	var offsets [packRows]int
	for n > 0 {
		part := min(n, packRows)
		for i := range part {
			offsets[i] = b.offset(k+i) + col
		}
		b.tile.CopyRows(dst, width, b.w, offsets[:part], cols)
		dst, k, n = dst[min(part*width, len(dst)):], k+part, n-part
	}
}

// packRows is the number of kernel rows that are gathered at once.
const packRows = 64

// offset returns where row k of the kernel begins.
func (b *kernel) offset(k int) int {
	if b.form == matmul.ByRows {
		return b.cells[k/b.InChannels] + k%b.InChannels*b.W.Batch
	}
	return b.cells[k%len(b.cells)] + k/len(b.cells)*b.W.Batch
}

// packTransposed packs a kernel whose input channels are contiguous, cell by cell.
func (b *kernel) packTransposed(dst []float32, width, k, n, col, cols int) {
	for n > 0 {
		run := 1
		if b.form == matmul.ByRows {
			run = min(b.InChannels-k%b.InChannels, n)
		}
		src := b.w[b.offset(k)+col*b.W.Channels:]
		b.tile.Transpose(dst, width, src, b.W.Channels, cols, run)
		dst, k, n = dst[min(run*width, len(dst)):], k+run, n-run
	}
}
