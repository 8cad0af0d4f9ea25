package simd

import (
	"fmt"
	"unsafe"
)

// RowStride is the distance in floats between the rows of a block of A in ByRows form. It is
// not a multiple of a power of two above 16, so that the rows of a tile do not use the same
// sets of the first-level cache.
const RowStride = 528

// MaxDepth is the largest number of columns of a block of A in ByRows form: 14 rows of 512
// floats and a panel of B of the same depth fit the caches from which they are read.
const MaxDepth = 512

// tempStride is the row stride of a tile that is computed in temporary memory because its panel
// is wider than the remaining columns of C; the largest tile has maxTile floats.
const (
	tempStride = 32
	maxTile    = 14 * tempStride
)

var tempOffsets = func() (o [maxTile / tempStride]int) {
	for i := range o {
		o[i] = i * tempStride
	}
	return o
}()

// Tile is the register tile of the matrix kernels of one instruction set. It multiplies a block
// of up to Rows rows of A with one panel of B and writes the product to C or adds it. All
// panels are packed: row k of a panel holds Columns values, or Lanes values in a narrow panel.
//
// A has one of two forms: ByRows, with row i at a[i*RowStride:], or ByColumns, with column k at
// a[k*stride:].
type Tile struct {
	// Rows is the largest number of rows per block, Lanes the width of a narrow panel, and
	// Columns = 2·Lanes the width of a wide panel.
	Rows, Lanes, Columns int

	isa       ISA
	byRows    [2][]func(k int, a, b, c *float32, offsets *int, add bool)
	byColumns [2][]func(k int, a *float32, stride int, b, c *float32, offsets *int, add bool)
	copyRows  func(dst *float32, stride int, src *float32, offsets *int, rows, n int)
	transpose func(dst *float32, dstStride int, src *float32, srcStride int)
	// depthwise holds kernels by the binary logarithms of positions and vectors.
	depthwise [4][3]windowKernel
	// direct holds kernels by the number of vectors and of rows.
	direct [2][]directKernel
	// winogradIn and winogradOut transform blocks of Lanes channels.
	winogradIn  func(dst *float32, step int, x *float32, row, cell, blocks int)
	winogradOut func(y *float32, row, cell int, m *float32, step, blocks int)
	// pool holds kernels by operation, of one and of four vectors.
	pool [2][2]poolKernel
	// copyApart copies evenly spaced rows.
	copyApart func(dst *float32, dstStep int, src *float32, srcStep, rows, n, ahead int)
}

// ISA returns the instruction set of the tile.
func (t *Tile) ISA() ISA { return t.isa }

// Width returns the width of the panel for cols columns: Lanes or Columns.
func (t *Tile) Width(cols int) int {
	if cols <= t.Lanes {
		return t.Lanes
	}
	return t.Columns
}

// ByRows sets, for i < len(offsets) and j < cols,
//
//	c[offsets[i]+j] = Σ_{l<k} a[i*RowStride+l]·b[l*Width(cols)+j]
//
// or adds that sum if add is true. k is 1 … MaxDepth; cols is at most Columns.
func (t *Tile) ByRows(c []float32, offsets []int, a, b []float32, k, cols int, add bool) {
	rows := len(offsets)
	w := t.check(rows, k, cols, c, offsets, b)
	if need := (rows-1)*RowStride + k; len(a) < need || k > MaxDepth {
		panic(fmt.Sprintf("simd: block of A has %d floats for %d rows of %d", len(a), rows, k))
	}
	if t.byRows[0] == nil {
		mulRows(c, offsets, a, b, k, cols, w, add)
		return
	}
	f := t.byRows[w/t.Lanes-1][rows-1]
	if cols == w {
		f(k, noescape(&a[0]), noescape(&b[0]), noescape(&c[0]), noescape(&offsets[0]), add)
		return
	}
	var sums [maxTile]float32
	f(k, noescape(&a[0]), noescape(&b[0]), noescape(&sums[0]), &tempOffsets[0], false)
	scatter(c, offsets, sums[:], cols, add)
}

// ByColumns is ByRows for a block of A whose value in row i and column l is a[l*stride+i]; k
// may be any number from 1 on.
func (t *Tile) ByColumns(c []float32, offsets []int, a []float32, stride int, b []float32, k, cols int, add bool) {
	rows := len(offsets)
	w := t.check(rows, k, cols, c, offsets, b)
	if need := (k-1)*stride + rows; len(a) < need {
		panic(fmt.Sprintf("simd: block of A has %d floats for %d columns of %d", len(a), k, rows))
	}
	if t.byColumns[0] == nil {
		mulColumns(c, offsets, a, stride, b, k, cols, w, add)
		return
	}
	f := t.byColumns[w/t.Lanes-1][rows-1]
	if cols == w {
		f(k, noescape(&a[0]), stride, noescape(&b[0]), noescape(&c[0]), noescape(&offsets[0]), add)
		return
	}
	var sums [maxTile]float32
	f(k, noescape(&a[0]), stride, noescape(&b[0]), noescape(&sums[0]), &tempOffsets[0], false)
	scatter(c, offsets, sums[:], cols, add)
}

// check panics if operands do not fit; it returns the width of the panel.
func (t *Tile) check(rows, k, cols int, c []float32, offsets []int, b []float32) int {
	w := t.Width(cols)
	if rows < 1 || rows > t.Rows || k < 1 || cols < 1 || cols > w || len(b) < k*w {
		panic(fmt.Sprintf("simd: tile of %d rows, depth %d and %d columns, panel of %d floats", rows, k, cols, len(b)))
	}
	for _, o := range offsets {
		_ = c[o+cols-1]
	}
	return w
}

// scatter moves a tile from temporary memory to the rows of c.
func scatter(c []float32, offsets []int, sums []float32, cols int, add bool) {
	for i, o := range offsets {
		row := c[o : o+cols]
		part := sums[i*tempStride:][:cols]
		if !add {
			copy(row, part)
			continue
		}
		for j, v := range part {
			row[j] += v
		}
	}
}

// CopyRows sets dst[i*stride+j] = src[offsets[i]+j] for i < len(offsets) and
// j < n, or zero where offsets[i] is negative.
func (t *Tile) CopyRows(dst []float32, stride int, src []float32, offsets []int, n int) {
	rows := len(offsets)
	if rows == 0 || n == 0 {
		return
	}
	_ = dst[(rows-1)*stride+n-1]
	for _, o := range offsets {
		if o >= 0 {
			_ = src[o+n-1]
		}
	}
	if t.copyRows != nil {
		t.copyRows(noescape(&dst[0]), stride, noescape(unsafe.SliceData(src)), noescape(&offsets[0]), rows, n)
		return
	}
	for i, o := range offsets {
		row := dst[i*stride:][:n]
		if o < 0 {
			clear(row)
			continue
		}
		copy(row, src[o:o+n])
	}
}

// Transpose sets dst[j*dstStride+i] = src[i*srcStride+j] for i < rows and
// j < cols. dst and src do not overlap.
func (t *Tile) Transpose(dst []float32, dstStride int, src []float32, srcStride, rows, cols int) {
	if rows == 0 || cols == 0 {
		return
	}
	_, _ = dst[(cols-1)*dstStride+rows-1], src[(rows-1)*srcStride+cols-1]
	block := t.Lanes
	if t.transpose == nil {
		transposePart(dst, dstStride, src, srcStride, 0, rows, 0, cols)
		return
	}
	wholeRows, wholeCols := rows-rows%block, cols-cols%block
	for i := 0; i < wholeRows; i += block {
		for j := 0; j < wholeCols; j += block {
			t.transpose(noescape(&dst[j*dstStride+i]), dstStride, noescape(&src[i*srcStride+j]), srcStride)
		}
	}
	transposePart(dst, dstStride, src, srcStride, 0, wholeRows, wholeCols, cols)
	transposePart(dst, dstStride, src, srcStride, wholeRows, rows, 0, cols)
}

func transposePart(dst []float32, dstStride int, src []float32, srcStride, i0, i1, j0, j1 int) {
	for i := i0; i < i1; i++ {
		for j := j0; j < j1; j++ {
			dst[j*dstStride+i] = src[i*srcStride+j]
		}
	}
}
