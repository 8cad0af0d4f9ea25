package dense

import (
	"fmt"
	"unsafe"

	"repbench/internal/memory"
)

// Matrix is a row-major matrix of float64: element (i, j) is Data[i·Stride+j].
type Matrix struct {
	// Rows and Cols are the size of the matrix.
	Rows, Cols int
	// Stride is the distance of two rows in Data, at least Cols.
	Stride int
	// Data holds the elements.
	Data []float64
}

// lineFloats is the number of float64 of a cache line.
const lineFloats = 8

// New returns a matrix of zeros. Its rows start at multiples of a cache line, and not at
// multiples of 4 KiB, which would crowd into the same sets of the first-level cache.
func New(rows, cols int) *Matrix {
	stride := paddedStride(cols)
	m := &Matrix{Rows: rows, Cols: cols, Stride: stride}
	if b := memory.Bytes(8 * rows * stride); b != nil {
		m.Data = unsafe.Slice((*float64)(unsafe.Pointer(&b[0])), rows*stride)
	}
	return m
}

func paddedStride(cols int) int {
	stride := (cols + lineFloats - 1) / lineFloats * lineFloats
	if stride%64 == 0 {
		stride += lineFloats
	}
	return stride
}

// Bytes returns the memory of a matrix that New makes.
func Bytes(rows, cols int) int64 { return 8 * int64(rows) * int64(paddedStride(cols)) }

// Row returns row i.
func (m *Matrix) Row(i int) []float64 {
	return m.Data[i*m.Stride : i*m.Stride+m.Cols : i*m.Stride+m.Cols]
}

// At returns element (i, j).
func (m *Matrix) At(i, j int) float64 { return m.Row(i)[j] }

// Set sets element (i, j) to v.
func (m *Matrix) Set(i, j int, v float64) { m.Row(i)[j] = v }

// Clone returns a copy.
func (m *Matrix) Clone() *Matrix {
	c := New(m.Rows, m.Cols)
	for i := range m.Rows {
		copy(c.Row(i), m.Row(i))
	}
	return c
}

// Part returns the rows [i0, i1) and columns [j0, j1) of m, which share its elements. It
// panics when the range lies outside.
func (m *Matrix) Part(i0, i1, j0, j1 int) *Matrix {
	if i0 < 0 || i1 < i0 || i1 > m.Rows || j0 < 0 || j1 < j0 || j1 > m.Cols {
		panic(fmt.Sprintf("dense: rows [%d, %d) and columns [%d, %d) of %d×%d", i0, i1, j0, j1, m.Rows, m.Cols))
	}
	p := &Matrix{Rows: i1 - i0, Cols: j1 - j0, Stride: m.Stride}
	if p.Rows > 0 && p.Cols > 0 {
		p.Data = m.Data[i0*m.Stride+j0 : (i1-1)*m.Stride+j1]
	}
	return p
}

// Trace returns the sum of the diagonal of a square matrix.
func (m *Matrix) Trace() float64 {
	var sum float64
	for i := range min(m.Rows, m.Cols) {
		sum += m.At(i, i)
	}
	return sum
}

// Mirror copies the lower triangle of a square matrix to the upper one.
func (m *Matrix) Mirror() {
	const block = 32
	for i0 := 0; i0 < m.Rows; i0 += block {
		for j0 := 0; j0 <= i0; j0 += block {
			for i := i0; i < min(i0+block, m.Rows); i++ {
				for j := j0; j < min(j0+block, i); j++ {
					m.Data[j*m.Stride+i] = m.Data[i*m.Stride+j]
				}
			}
		}
	}
}

// square panics unless m is square.
func (m *Matrix) square(what string) {
	if m.Rows != m.Cols {
		panic(fmt.Sprintf("dense: %s of a matrix of %d×%d", what, m.Rows, m.Cols))
	}
}
