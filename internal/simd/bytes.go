package simd

import (
	"fmt"
	"unsafe"
)

// Bounds on a ByteTile's operands, within which no sum overflows.
const (
	// MaxByte is the largest value of a byte of either operand.
	MaxByte = 127
	// MaxByteDepth is the largest depth.
	MaxByteDepth = 1 << 14
)

// ByteTile is the register tile for products of small integers; it processes four times as many
// values per step as a Tile of floats. An element of its operands is a group of four bytes, the
// values of four successive rows of a matrix in one column. The first operand is signed, the
// second unsigned.
type ByteTile struct {
	// Rows is the largest number of rows per block; Columns is the width of a panel.
	Rows, Columns int

	byColumns []func(k int, a *int8, stride int, b *uint8, c *float32, offsets *int, add bool)
	turn      func(dst, src *uint8, n, stride int)
}

// portableBytes is the tile in plain Go.
var portableBytes = &ByteTile{Rows: 4, Columns: 8}

// ByColumns sets, for i < len(offsets) and j < Columns,
//
//	c[offsets[i]+j] = Σ_{l<k} Σ_{m<4} a[4·(l·stride+i)+m]·b[4·(l·Columns+j)+m]
//
// or adds that sum, rounded to float32, when add is set. k is 1 … MaxByteDepth.
func (t *ByteTile) ByColumns(c []float32, offsets []int, a []int8, stride int, b []uint8, k int, add bool) {
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

// Turn transposes n square blocks of Columns by Columns bytes. Block p of src begins at
// p·stride; in it four successive columns are a group,
//
//	src[p·stride + 4·(l·Columns+i) + m] of row i, column 4l+m;
//
// block p of dst begins at p·Columns², and there four successive rows are one,
//
//	dst[p·Columns² + 4·(l·Columns+j) + m] of row 4l+m, column j.
func (t *ByteTile) Turn(dst, src []uint8, n, stride int) {
	w := t.Columns
	if n < 1 || stride < 0 || len(dst) < n*w*w || len(src) < (n-1)*stride+w*w {
		panic(fmt.Sprintf("simd: %d blocks of %d² bytes, %d apart, from %d to %d bytes", n, w, stride, len(src), len(dst)))
	}
	if t.turn != nil {
		t.turn(noescape(&dst[0]), noescape(&src[0]), n, stride)
		return
	}
	for p := range n {
		to, from := dst[p*w*w:], src[p*stride:]
		for i := range w {
			for j := range w {
				to[4*(i/4*w+j)+i%4] = from[4*(j/4*w+i)+j%4]
			}
		}
	}
}

// Signed returns the bytes b, all at most MaxByte, as signed operands in the same memory.
func Signed(b []uint8) []int8 {
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.SliceData(b))), len(b))
}
