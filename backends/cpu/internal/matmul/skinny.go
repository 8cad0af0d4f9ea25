package matmul

import "repbench/internal/simd"

// A product of a large matrix with few columns reads the matrix once and does little work per
// value, so that memory bandwidth limits it. The matrix is read in place with the kernels of
// simd.Panel, whose sums are float64 beyond a few hundred terms.
const (
	skinnyColumns = 16
	skinnySize    = 1 << 20 // values of the large matrix, 4 MiB, from which this method is faster
	skinnyRows    = 64      // rows per task, or rows at a time
	skinnyWidth   = 2048    // columns per task of the transposed product
)

// Skinny reports whether the product of a rows×depth matrix with one of cols columns has this
// form.
func Skinny(rows, depth, cols int) bool {
	return cols <= skinnyColumns && rows*depth >= skinnySize && min(rows, depth) >= skinnyRows
}

// skinny computes c = a·b for a large a and a b with few columns. It returns false, without
// computing, for other shapes.
func (m *Multiplier) skinny(c []float32, a, b Matrix) bool {
	if !Skinny(a.Rows, a.Cols, b.Cols) {
		return false
	}
	if a.ColStride == 1 {
		m.stream(c, a, b)
	} else {
		m.streamTransposed(c, a, b)
	}
	return true
}

// stream is skinny for an a with contiguous rows.
func (m *Multiplier) stream(c []float32, a, b Matrix) {
	columns := make([][]float32, b.Cols)
	for j := range columns {
		columns[j] = make([]float32, b.Rows)
		for k := range columns[j] {
			columns[j][k] = b.Data[k*b.RowStride+j*b.ColStride]
		}
	}
	var panel simd.Panel[float32]
	panel.PackRows(columns)
	m.pool.Run((a.Rows+skinnyRows-1)/skinnyRows, func(i int) {
		var rows [skinnyRows][]float32
		first := i * skinnyRows
		n := min(skinnyRows, a.Rows-first)
		for r := range n {
			rows[r] = a.Data[(first+r)*a.RowStride:][:a.Cols]
		}
		sums := make([]float64, n*panel.Stride())
		panel.Dot(sums, rows[:n])
		for r := range n {
			for j := range b.Cols {
				c[(first+r)*b.Cols+j] = float32(sums[r*panel.Stride()+j])
			}
		}
	})
}

// streamTransposed is skinny for an a with contiguous columns. These are the rows of the
// transposed matrix; each row, times its values of b, is added to all results.
func (m *Multiplier) streamTransposed(c []float32, a, b Matrix) {
	stride := simd.Padded(b.Cols)
	factors := make([]float32, b.Rows*stride)
	for k := range b.Rows {
		for j := range b.Cols {
			factors[k*stride+j] = b.Data[k*b.RowStride+j*b.ColStride]
		}
	}
	width := even(a.Rows, skinnyWidth)
	m.pool.Run((a.Rows+width-1)/width, func(i int) {
		first := i * width
		n := min(width, a.Rows-first)
		sums := make([]float64, stride*n)
		var rows [skinnyRows][]float32
		for k := 0; k < a.Cols; k += skinnyRows {
			h := min(skinnyRows, a.Cols-k)
			for r := range h {
				rows[r] = a.Data[(k+r)*a.ColStride+first:][:n]
			}
			simd.Accumulate(sums, n, factors[k*stride:(k+h)*stride], rows[:h])
		}
		for r := range n {
			for j := range b.Cols {
				c[(first+r)*b.Cols+j] = float32(sums[j*n+r])
			}
		}
	})
}
