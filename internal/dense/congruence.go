package dense

import "repbench/internal/tasks"

// congruenceBlock is the number of rows or columns that Congruence copies at once.
const congruenceBlock = 448

// Congruence computes LᵀAL in place: a (n×n, symmetric, both triangles filled) holds, in the
// lower triangle of its first r rows and columns, the result, and nothing of meaning
// elsewhere. l (n×n or n×r) holds L, n×r, in the lower triangle of its first r columns. It
// returns the part of a with the result, r×r.
func Congruence(a, l *Matrix, r, threads int) *Matrix {
	a.square("a congruence")
	n := a.Rows
	l = l.Part(0, n, 0, r)
	copied := make([]float64, congruenceBlock*n)
	for i0 := 0; i0 < n; i0 += congruenceBlock { // B = A·L, rows by rows
		i1 := min(i0+congruenceBlock, n)
		rows := copyOf(copied, a.Part(i0, i1, 0, n), threads)
		for j0 := 0; j0 < r; j0 += congruenceBlock {
			j1 := min(j0+congruenceBlock, r)
			Multiply(a.Part(i0, i1, j0, j1), Operand{M: rows.Part(0, i1-i0, j0, n)}, Operand{M: l.Part(j0, n, j0, j1), Lower: true}, false, threads)
		}
	}
	for j0 := 0; j0 < r; j0 += congruenceBlock { // Lᵀ·B, columns by columns
		j1 := min(j0+congruenceBlock, r)
		columns := copyOf(copied, a.Part(j0, n, j0, j1), threads)
		for i0 := j0; i0 < r; i0 += congruenceBlock {
			i1 := min(i0+congruenceBlock, r)
			Multiply(a.Part(i0, i1, j0, j1), Operand{M: l.Part(i0, n, i0, i1), Lower: true, Transposed: true}, Operand{M: columns.Part(i0-j0, n-j0, 0, j1-j0)}, false, threads)
		}
	}
	return a.Part(0, r, 0, r)
}

// CongruenceBytes returns the memory that Congruence takes beside its operands.
func CongruenceBytes(n, threads int) int64 {
	return 8 * (congruenceBlock*int64(n) + depth*int64(congruenceBlock+threads*tallest))
}

// copyOf copies m to data.
func copyOf(data []float64, m *Matrix, threads int) *Matrix {
	c := &Matrix{Rows: m.Rows, Cols: m.Cols, Stride: m.Cols, Data: data[:m.Rows*m.Cols]}
	const rows = 64
	tasks.Do(threads, (m.Rows+rows-1)/rows, func(_, task int) {
		for i := task * rows; i < min(task*rows+rows, m.Rows); i++ {
			copy(c.Row(i), m.Row(i))
		}
	})
	return c
}

// Permuted returns m with its rows and columns in this order: element (i, j) is element
// (order[i], order[j]) of m.
func Permuted(m *Matrix, order []int, threads int) *Matrix {
	p := New(len(order), len(order))
	tasks.Do(threads, len(order), func(_, i int) {
		src, dst := m.Row(order[i]), p.Row(i)
		for j, o := range order {
			dst[j] = src[o]
		}
	})
	return p
}
