package simd

import "fmt"

// maxWide is the number of float64 of the largest WideTile.
const maxWide = 14 * 16

// WideTile is the register tile of the float64 matrix kernel of one instruction set. It
// multiplies Rows rows of A with Columns columns of B and writes the product to C or adds it.
// Products and sums are float64 (fused where the instruction set has fused operations), added
// up from the first element on.
//
// A is packed column by column: row i of column l is a[l*Rows+i]. B is packed row by row:
// column j of row l is b[l*Columns+j]. Rows and columns that a matrix lacks are filled up in
// the packed blocks, with any values.
type WideTile struct {
	// Rows and Columns are those of a tile.
	Rows, Columns int

	isa  ISA
	tile func(k int, a, b, c *float64, stride int, add bool)
}

// ISA returns the instruction set of the tile.
func (t *WideTile) ISA() ISA { return t.isa }

// Multiply sets, for i < rows ≤ Rows and j < cols ≤ Columns,
//
//	c[i*stride+j] = Σ_{l<k} a[l*Rows+i]·b[l*Columns+j]
//
// or adds that sum if add is true. k is at least 1. It panics on operands that are too short.
func (t *WideTile) Multiply(c []float64, stride, rows, cols int, a, b []float64, k int, add bool) {
	if rows < 1 || rows > t.Rows || cols < 1 || cols > t.Columns || k < 1 || len(a) < k*t.Rows || len(b) < k*t.Columns {
		panic(fmt.Sprintf("simd: float64 tile of %d rows, depth %d and %d columns, blocks of %d and %d", rows, k, cols, len(a), len(b)))
	}
	_ = c[(rows-1)*stride+cols-1]
	if t.tile == nil {
		t.portable(c, stride, rows, cols, a, b, k, add)
		return
	}
	if rows == t.Rows && cols == t.Columns {
		t.tile(k, noescape(&a[0]), noescape(&b[0]), noescape(&c[0]), stride, add)
		return
	}
	var sums [maxWide]float64
	t.tile(k, noescape(&a[0]), noescape(&b[0]), noescape(&sums[0]), t.Columns, false)
	for i := range rows {
		storeWide(c[i*stride:][:cols], sums[i*t.Columns:], add)
	}
}

// portableWide is the tile of the plain Go loops.
var portableWide = &WideTile{Rows: 4, Columns: 4, isa: Portable}

// portable is Multiply in plain Go. float64(…) keeps compilers from fusing the product with
// the sum, so that the loops give the same bits on all machines.
func (t *WideTile) portable(c []float64, stride, rows, cols int, a, b []float64, k int, add bool) {
	for i := range rows {
		var s0, s1, s2, s3 float64
		for l := range k {
			f, r := a[l*t.Rows+i], b[l*t.Columns:][:4:4]
			s0 += float64(f * r[0])
			s1 += float64(f * r[1])
			s2 += float64(f * r[2])
			s3 += float64(f * r[3])
		}
		sums := [4]float64{s0, s1, s2, s3}
		storeWide(c[i*stride:][:cols], sums[:], add)
	}
}

// storeWide writes the first len(row) sums to row, or adds them.
func storeWide(row, sums []float64, add bool) {
	if !add {
		copy(row, sums)
		return
	}
	for j := range row {
		row[j] += sums[j]
	}
}
