package dense

import "repbench/internal/tasks"

// congruenceBlock is the number of rows or columns that Congruence copies at once.
const congruenceBlock = 448

// Congruence computes Lᵀ·P·A·Pᵀ·L in the place of A. Row and column i of P·A·Pᵀ are row and
// column order[i] of a (n×n, symmetric, both triangles filled). l (n×n) holds L, n×r, in the
// lower triangle of its first r columns, as PivotedCholesky leaves it. The result, r×r and
// symmetric, is the lower triangle of the part of a that it returns; the rest of a is spoilt.
func Congruence(a, l *Matrix, order []int, r, threads int) *Matrix {
	a.square("a congruence")
	n := a.Rows
	c := congruence{a: a, l: l.Part(0, n, 0, r), order: order, r: r, work: newWorkspace(threads), copied: make([]float64, congruenceBlock*n), block: make([]float64, congruenceBlock*congruenceBlock)}
	for i0 := 0; i0 < n; i0 += congruenceBlock {
		c.right(i0, min(i0+congruenceBlock, n))
	}
	for j0 := 0; j0 < r; j0 += congruenceBlock {
		c.left(j0, min(j0+congruenceBlock, r))
	}
	return a.Part(0, r, 0, r)
}

// CongruenceBytes returns the memory that Congruence takes beside its operands.
func CongruenceBytes(n, threads int) int64 {
	return 8 * (congruenceBlock*int64(n) + congruenceBlock*congruenceBlock + depth*int64(congruenceBlock+threads*tallest))
}

// congruence is a congruence under way.
type congruence struct {
	a, l   *Matrix
	order  []int
	r      int
	work   *workspace
	copied []float64
	block  []float64
}

// right replaces the rows [i0, i1) of P·A·Pᵀ by those of B = P·A·Pᵀ·L; they stay in the rows of
// A that order names.
func (c *congruence) right(i0, i1 int) {
	n := c.a.Rows
	rows := &Matrix{Rows: i1 - i0, Cols: n, Stride: n, Data: c.copied[:(i1-i0)*n]}
	c.each(rows.Rows, func(i int) {
		src, dst := c.a.Row(c.order[i0+i]), rows.Row(i)
		for j, o := range c.order {
			dst[j] = src[o]
		}
	})
	for j0 := 0; j0 < c.r; j0 += congruenceBlock {
		j1 := min(j0+congruenceBlock, c.r)
		sums := &Matrix{Rows: i1 - i0, Cols: j1 - j0, Stride: j1 - j0, Data: c.block[:(i1-i0)*(j1-j0)]}
		c.work.multiply(sums, Operand{M: rows.Part(0, i1-i0, j0, n)}, Operand{M: c.l.Part(j0, n, j0, j1), Lower: true}, false)
		c.each(sums.Rows, func(i int) { copy(c.a.Row(c.order[i0+i])[j0:j1], sums.Row(i)) })
	}
}

// left computes the columns [j0, j1) of Lᵀ·B on and below the diagonal.
func (c *congruence) left(j0, j1 int) {
	n := c.a.Rows
	columns := &Matrix{Rows: n - j0, Cols: j1 - j0, Stride: j1 - j0, Data: c.copied[:(n-j0)*(j1-j0)]}
	c.each(columns.Rows, func(i int) { copy(columns.Row(i), c.a.Row(c.order[j0+i])[j0:j1]) })
	for i0 := j0; i0 < c.r; i0 += congruenceBlock {
		i1 := min(i0+congruenceBlock, c.r)
		c.work.multiply(c.a.Part(i0, i1, j0, j1), Operand{M: c.l.Part(i0, n, i0, i1), Lower: true, Transposed: true},
			Operand{M: columns.Part(i0-j0, n-j0, 0, j1-j0)}, false)
	}
}

// each calls do for the rows of a copy, some of them at a time on each thread.
func (c *congruence) each(rows int, do func(i int)) {
	const some = 32
	tasks.Do(c.work.threads, (rows+some-1)/some, func(_, task int) {
		for i := task * some; i < min(task*some+some, rows); i++ {
			do(i)
		}
	})
}
