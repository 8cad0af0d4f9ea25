package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// product is one phase of a convolution as a matrix product.
type product struct {
	*Problem
	tile  *simd.Tile
	h, w  phase
	form  matmul.Form
	tasks []int
	// where holds, for a position of the phase and a kernel cell, the offset in x of image 0
	// and channel 0, or -1 outside the image. The order is position by position in the form
	// ByColumns, else cell by cell.
	where []int32
	// cells holds the offsets in w of the kernel cells of the phase.
	cells []int
}

func newProduct(p *Problem, h, w phase, t *simd.Tile) *product {
	pr := &product{Problem: p, tile: t, h: h, w: w, form: matmul.ByRows}
	if p.X.Channels != 1 && p.X.Batch == 1 {
		pr.form = matmul.ByColumns
	}
	for _, r := range h.taps {
		for _, s := range w.taps {
			pr.cells = append(pr.cells, r.kernel*p.W.Height+s.kernel*p.W.Width)
		}
	}
	pr.where = pr.offsets()
	pr.cut()
	return pr
}

// positions returns the number of output positions of the phase.
func (pr *product) positions() int { return pr.h.count * pr.w.count }

func (pr *product) offsets() []int32 {
	n, cells := pr.positions(), len(pr.cells)
	where := make([]int32, n*cells)
	for pos := range n {
		for cell := range cells {
			r, s := pr.h.taps[cell/len(pr.w.taps)], pr.w.taps[cell%len(pr.w.taps)]
			ih, in := pr.h.inside(pos/pr.w.count, r, pr.Height.In)
			iw, in2 := pr.w.inside(pos%pr.w.count, s, pr.Width.In)
			at := int32(-1)
			if in && in2 {
				at = int32(ih*pr.X.Height + iw*pr.X.Width)
			}
			if pr.form == matmul.ByColumns {
				where[pos*cells+cell] = at
			} else {
				where[cell*n+pos] = at
			}
		}
	}
	return where
}

// cut makes the tasks. Rows are ordered by image and then by position. In the form ByColumns
// they are ordered by position and then by image, and a task covers a single position.
func (pr *product) cut() {
	if pr.form == matmul.ByRows {
		pr.tasks = matmul.Runs(nil, 0, pr.Batch*pr.positions(), matmul.TaskRows(pr.tile))
		return
	}
	for pos := range pr.positions() {
		pr.tasks = matmul.Runs(pr.tasks, pos*pr.Batch, (pos+1)*pr.Batch, matmul.MaxColumnRows)
	}
}

func (pr *product) run(m *matmul.Multiplier, y, x, w []float32, done func(row, end, col, cols int)) {
	k := len(pr.cells) * pr.InChannels
	c := matmul.C{Data: y, Row: pr.row, Done: done}
	m.Run(&input{pr, x}, &kernel{pr, w}, c, k, pr.OutChannels)
}

// split returns the image and the position of a row.
func (pr *product) split(row int) (image, pos int) {
	if pr.form == matmul.ByRows {
		return row / pr.positions(), row % pr.positions()
	}
	return row % pr.Batch, row / pr.Batch
}

// row fills offsets with the offsets in y of the rows from row on.
func (pr *product) row(offsets []int, row int) {
	image, pos := pr.split(row)
	for i := range offsets {
		offsets[i] = image*pr.Y.Batch + (pr.h.first+pos/pr.w.count*pr.h.step)*pr.Y.Height + (pr.w.first+pos%pr.w.count*pr.w.step)*pr.Y.Width
		image, pos = pr.next(image, pos)
	}
}

// next returns the row after the given one.
func (pr *product) next(image, pos int) (int, int) {
	if pr.form == matmul.ByRows {
		if pos++; pos == pr.positions() {
			return image + 1, 0
		}
		return image, pos
	}
	if image++; image == pr.Batch {
		return 0, pos + 1
	}
	return image, pos
}
