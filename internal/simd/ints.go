package simd

import (
	le "encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// MaxIntDepth is the largest number of values of a product of an IntTile, within which no sum
// overflows: 2¹⁶·128·255 < 2³¹.
const MaxIntDepth = 1 << 16

// IntTile is the register tile for exact products of bytes. The first operand, A, holds bytes less
// 128, the second, B, holds bytes as they are; so a sum is Σ(a−128)·b. Both are packed: a word of an
// operand holds Values successive values of a row, so that a row of d values has Words(d) words.
type IntTile struct {
	// Rows is the largest number of rows per block of A, Columns the number of rows of a panel of B.
	Rows, Columns int
	// Values is the number of values in a word: four bytes, two int16, or one int32.
	Values int

	isa      ISA
	words    *Tile // transposes
	multiply []func(k int, a, b *uint32, c *int32, offsets *int, add bool)
	hits     func(found *uint16, sums *int32, stride, rows, n int, e, f, weight, scale, shift *float32, limits *float32)
	moments  func(sums *int64, x *uint8, n int)
}

// portableInts is the tile in plain Go.
var portableInts = &IntTile{Rows: 2, Columns: 8, Values: 1, isa: Portable, words: portableTile}

// MatrixIntTile returns the tile of the instruction set in use.
func MatrixIntTile() *IntTile { return active.ints }

// MatrixIntTiles returns the tiles of all instruction sets that this machine can run, best first.
// Tests compare them.
func MatrixIntTiles() []*IntTile {
	var ts []*IntTile
	for _, k := range supported() {
		ts = append(ts, k.ints)
	}
	return ts
}

// ISA returns the instruction set of the tile.
func (t *IntTile) ISA() ISA { return t.isa }

// Words returns the number of words of a row of d values.
func (t *IntTile) Words(d int) int { return (d + t.Values - 1) / t.Values }

// RowB writes a row in the form of B to dst, Words(len(src)) words; what fills up the last word is 0.
func (t *IntTile) RowB(dst []uint32, src []uint8) {
	switch t.Values {
	case 4:
		n := len(src) / 4
		for l := range n {
			dst[l] = le.LittleEndian.Uint32(src[4*l:])
		}
		if n < t.Words(len(src)) {
			dst[n] = 0
			for m, v := range src[4*n:] {
				dst[n] |= uint32(v) << (8 * m)
			}
		}
	case 2:
		for l := range len(src) / 2 {
			w := le.LittleEndian.Uint16(src[2*l:])
			dst[l] = uint32(w&255) | uint32(w>>8)<<16
		}
		if len(src)%2 == 1 {
			dst[len(src)/2] = uint32(src[len(src)-1])
		}
	default:
		for l, v := range src {
			dst[l] = uint32(v)
		}
	}
}

// PackA writes a row, given in the form of B, as row i of a block of A of that many rows.
func (t *IntTile) PackA(dst []uint32, rows, i int, row []uint32) {
	for l, w := range row {
		switch t.Values {
		case 4:
			w ^= 0x80808080
		case 2:
			w = uint32(uint16(w)-128) | uint32(uint16(w>>16)-128)<<16
		default:
			w -= 128
		}
		dst[l*rows+i] = w
	}
}

// Multiply sets, for i < len(offsets), the rows of A, and j < Columns,
//
//	c[offsets[i]+j] = Σ (a_i − 128)·b_j
//
// over k words, or adds that sum if add is true. Word l of row i of A is a[l·len(offsets)+i], that of
// row j of B b[l·Columns+j].
func (t *IntTile) Multiply(c []int32, offsets []int, a, b []uint32, k int, add bool) {
	rows := len(offsets)
	if rows < 1 || rows > t.Rows || k < 1 || k > t.Words(MaxIntDepth) || len(a) < k*rows || len(b) < k*t.Columns {
		panic(fmt.Sprintf("simd: tile of %d rows, depth %d, operands of %d and %d words", rows, k, len(a), len(b)))
	}
	for _, o := range offsets {
		_ = c[o+t.Columns-1]
	}
	if t.multiply == nil {
		multiplyInts(c, offsets, a, b, k, add)
		return
	}
	t.multiply[rows-1](k, noescape(&a[0]), noescape(&b[0]), noescape(&c[0]), noescape(&offsets[0]), add)
}

// multiplyInts is Multiply for portableInts. Two sums of 32 bits share a number of 64.
func multiplyInts(c []int32, offsets []int, a, b []uint32, k int, add bool) {
	for i, o := range offsets {
		var s0, s1, s2, s3 uint64
		rows := len(offsets)
		for l := range k {
			x := uint64(int32(a[l*rows+i]))
			y := b[l*8 : l*8+8 : l*8+8]
			s0 += x * (uint64(y[0]) | uint64(y[1])<<32)
			s1 += x * (uint64(y[2]) | uint64(y[3])<<32)
			s2 += x * (uint64(y[4]) | uint64(y[5])<<32)
			s3 += x * (uint64(y[6]) | uint64(y[7])<<32)
		}
		row := c[o : o+8]
		if !add {
			clear(row)
		}
		for j, s := range [4]uint64{s0, s1, s2, s3} {
			low := int32(s)
			row[2*j] += low
			row[2*j+1] += int32((s - uint64(low)) >> 32)
		}
	}
}

// Scores are what Hits compares: the score of row i of sums and column j is
//
//	(max_i (sum_ij + E[i]·Weight[j])·F[i] + Margin)·Scale[j] + Shift[j]
type Scores struct {
	// E and F belong to the rows of sums, Weight, Scale (not negative) and Shift to its columns.
	E, F, Weight, Scale, Shift []float32
	// Margin is added to the best score of a column, so that its rounding hides no column.
	Margin float32
}

// Hits sets bit j of found (bit j%16 of element j/16) for each column j < n whose score is at least
// least. The rows of sums are stride apart, n is a multiple of Columns.
func (t *IntTile) Hits(found []uint16, sums []int32, stride, n int, s *Scores, least float32) {
	rows := len(s.E)
	_, _, _ = sums[(rows-1)*stride+n-1], s.F[rows-1], found[(n-1)/16]
	_, _, _ = s.Weight[n-1], s.Scale[n-1], s.Shift[n-1]
	if t.hits != nil && n%t.Columns == 0 {
		limits := [2]float32{s.Margin, least}
		t.hits(noescape(&found[0]), noescape(&sums[0]), stride, rows, n, noescape(&s.E[0]), noescape(&s.F[0]),
			noescape(&s.Weight[0]), noescape(&s.Scale[0]), noescape(&s.Shift[0]), noescape(&limits[0]))
		return
	}
	clear(found[:(n+15)/16])
	for j := range n {
		best := float32(-math.MaxFloat32)
		for i, e := range s.E {
			best = max(best, (float32(sums[i*stride+j])+e*s.Weight[j])*s.F[i])
		}
		if (best+s.Margin)*s.Scale[j]+s.Shift[j] >= least {
			found[j/16] |= 1 << (j % 16)
		}
	}
}

// Moments returns Σx and Σx² of bytes.
func (t *IntTile) Moments(x []uint8) (sum, square int64) {
	if t.moments != nil {
		for len(x) >= 32 {
			n := min(len(x), 1<<15) &^ 31
			var sums [2]int64
			t.moments(noescape(&sums[0]), noescape(&x[0]), n)
			sum, square, x = sum+sums[0], square+sums[1], x[n:]
		}
	}
	for _, v := range x {
		sum += int64(v)
		square += int64(v) * int64(v)
	}
	return sum, square
}

// PackB writes rows of k words, stride apart in src, as a panel of B. The columns of dst for which
// there is no row keep their values.
func (t *IntTile) PackB(dst, src []uint32, stride, rows, k int) {
	t.words.Transpose(floats(dst), t.Columns, floats(src), stride, rows, k)
}

// floats views words as floats, which are moved, never calculated with.
func floats(x []uint32) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}
