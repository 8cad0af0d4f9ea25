package matmul

import "repbench/internal/simd"

// Matrix is a dense operand: value [i, j] is Data[i*RowStride + j*ColStride], and one of the
// strides is 1.
type Matrix struct {
	Data                 []float32 // the values
	Rows, Cols           int       // dimensions
	RowStride, ColStride int       // in elements
}

// left is a Matrix as A.
type left struct {
	Matrix
	tile  *simd.Tile
	tasks []int
}

// Left returns x as a left operand.
func (m *Multiplier) Left(x Matrix) A {
	l := &left{Matrix: x, tile: m.tile}
	most := TaskRows(m.tile)
	if l.Form() == ByColumns {
		most = MaxColumnRows / m.tile.Rows * m.tile.Rows
	}
	l.tasks = Runs(nil, 0, x.Rows, most)
	return l
}

// Runs appends to tasks the ends of nearly equal runs of [from, to), none longer than most; if
// the list is empty, it appends from first.
func Runs(tasks []int, from, to, most int) []int {
	if len(tasks) == 0 {
		tasks = append(tasks, from)
	}
	if to == from {
		return tasks
	}
	for step := even(to-from, most); from < to; {
		from = min(from+step, to)
		tasks = append(tasks, from)
	}
	return tasks
}

func (l *left) Form() Form {
	if l.ColStride == 1 {
		return ByRows
	}
	return ByColumns
}

func (l *left) Tasks() []int { return l.tasks }

func (l *left) Pack(dst []float32, stride, row, rows, k, n int) {
	var offsets [simd.MaxDepth]int
	if l.Form() == ByRows {
		for i := range rows {
			offsets[i] = (row+i)*l.RowStride + k
		}
		l.tile.CopyRows(dst, stride, l.Data, offsets[:rows], n)
		return
	}
	for i := range n {
		offsets[i] = (k+i)*l.ColStride + row
	}
	l.tile.CopyRows(dst, stride, l.Data, offsets[:n], rows)
}

// right is a Matrix as B.
type right struct {
	Matrix
	tile *simd.Tile
}

// Right returns x as a right operand.
func (m *Multiplier) Right(x Matrix) B { return &right{Matrix: x, tile: m.tile} }

func (r *right) Pack(dst []float32, width, k, n, col, cols int) {
	if r.ColStride == 1 {
		var offsets [packDepth]int
		for i := range n {
			offsets[i] = (k+i)*r.RowStride + col
		}
		r.tile.CopyRows(dst, width, r.Data, offsets[:n], cols)
		return
	}
	r.tile.Transpose(dst, width, r.Data[col*r.ColStride+k:], r.ColStride, cols, n)
}

// Dense multiplies dense matrices: it sets c, of length a.Rows·b.Cols, in row-major order.
func (m *Multiplier) Dense(c []float32, a, b Matrix) { m.DenseThen(c, a, b, nil) }

// DenseThen is Dense with C.Done.
func (m *Multiplier) DenseThen(c []float32, a, b Matrix, done func(row, end, col, cols int)) {
	cols := b.Cols
	if m.skinny(c, a, b) {
		m.finish(done, 0, a.Rows, cols)
		return
	}
	m.Run(m.Left(a), m.Right(b), C{Data: c, Done: done, Row: denseRows(cols)}, a.Cols, cols)
}
