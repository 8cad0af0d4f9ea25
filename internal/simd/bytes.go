package simd

import "fmt"

// Bounds of a ByteTile's operands, for which no sum overflows.
const (
	// MaxByte is the largest value of a byte.
	MaxByte = 127
	// MaxByteDepth is the largest depth.
	MaxByteDepth = 1 << 14
)

// ByteTile is the register tile of products of small integers, four times as many
// a step as a Tile has of floats. Each element of its operands is a group of four
// bytes, all at most MaxByte, the values of four successive rows of a matrix in one
// column.
type ByteTile struct {
	// Rows is the largest number of rows of a block; Columns the width of a panel.
	Rows, Columns int

	byColumns []func(k int, a *uint8, stride int, b *uint8, c *float32, offsets *int, add bool)
}

// portableBytes is the same in plain Go.
var portableBytes = &ByteTile{Rows: 4, Columns: 8}

// MatrixByteTile returns the tile of the instruction set in use, nil where it would
// not be faster than that of floats.
func MatrixByteTile() *ByteTile { return active.bytes }

// MatrixByteTiles returns all that this machine can run, best first, the last one
// in plain Go. Tests compare them.
func MatrixByteTiles() []*ByteTile {
	var ts []*ByteTile
	for _, k := range supported() {
		if k.bytes != nil {
			ts = append(ts, k.bytes)
		}
	}
	return append(ts, portableBytes)
}

// ByColumns sets, for i < len(offsets) and j < Columns,
//
//	c[offsets[i]+j] = Σ_{l<k} Σ_{m<4} a[4·(l·stride+i)+m]·b[4·(l·Columns+j)+m]
//
// or adds that sum, rounded to float32, when add is set. k is 1 … MaxByteDepth.
func (t *ByteTile) ByColumns(c []float32, offsets []int, a []uint8, stride int, b []uint8, k int, add bool) {
	rows := len(offsets)
	if rows < 1 || rows > t.Rows || k < 1 || k > MaxByteDepth || len(b) < 4*k*t.Columns || len(a) < 4*((k-1)*stride+rows) {
		panic(fmt.Sprintf("simd: tile of %d rows and depth %d, operands of %d and %d bytes", rows, k, len(a), len(b)))
	}
	for _, o := range offsets {
		_ = c[o+t.Columns-1]
	}
	if t.byColumns != nil {
		t.byColumns[rows-1](k, noescape(&a[0]), stride, noescape(&b[0]), noescape(&c[0]), noescape(&offsets[0]), add)
		return
	}
	for i, o := range offsets {
		for j := range t.Columns {
			var sum int32
			for l := range k {
				x, y := a[4*(l*stride+i):][:4], b[4*(l*t.Columns+j):][:4]
				sum += int32(x[0])*int32(y[0]) + int32(x[1])*int32(y[1]) + int32(x[2])*int32(y[2]) + int32(x[3])*int32(y[3])
			}
			if !add {
				c[o+j] = 0
			}
			c[o+j] += float32(sum)
		}
	}
}
