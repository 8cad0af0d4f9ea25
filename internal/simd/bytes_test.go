package simd

import (
	"math/rand/v2"
	"testing"
)

// TestByteTiles compares with sums of integers, at values as large as they may be,
// and looks that nothing else of C was touched.
func TestByteTiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, tile := range MatrixByteTiles() {
		for rows := 1; rows <= tile.Rows; rows++ {
			for _, k := range []int{1, 2, 17, 512} {
				for _, add := range []bool{false, true} {
					testByteTile(t, r, tile, rows, k, add)
				}
			}
		}
	}
}

func testByteTile(t *testing.T, r *rand.Rand, tile *ByteTile, rows, k int, add bool) {
	t.Helper()
	stride, ldc := rows+2, tile.Columns+3
	a, b := randomBytes(r, 4*k*stride), randomBytes(r, 4*k*tile.Columns)
	c := make([]float32, rows*ldc)
	for i := range c {
		c[i] = float32(r.IntN(1000))
	}
	offsets, want := make([]int, rows), append([]float32(nil), c...)
	for i := range offsets {
		offsets[i] = (rows - 1 - i) * ldc
		for j := range tile.Columns {
			sum := 0
			for l := range k {
				for m := range 4 {
					sum += int(a[4*(l*stride+i)+m]) * int(b[4*(l*tile.Columns+j)+m])
				}
			}
			if add {
				want[offsets[i]+j] += float32(sum)
			} else {
				want[offsets[i]+j] = float32(sum)
			}
		}
	}
	tile.ByColumns(c, offsets, a, stride, b, k, add)
	for i := range want {
		if c[i] != want[i] {
			t.Fatalf("tile of %d columns, %d rows, depth %d, add %t: element %d is %g, want %g", tile.Columns, rows, k, add, i, c[i], want[i])
		}
	}
}

// randomBytes draws from all values, the largest more often.
func randomBytes(r *rand.Rand, n int) []uint8 {
	v := make([]uint8, n)
	for i := range v {
		v[i] = uint8(min(MaxByte, r.IntN(MaxByte+60)))
	}
	return v
}

func TestByteTileLargest(t *testing.T) {
	for _, tile := range MatrixByteTiles() {
		k := MaxByteDepth
		a, b := make([]uint8, 4*k), make([]uint8, 4*k*tile.Columns)
		for i := range a {
			a[i] = MaxByte
		}
		for i := range b {
			b[i] = MaxByte
		}
		c := make([]float32, tile.Columns)
		tile.ByColumns(c, []int{0}, a, 1, b, k, false)
		for j, v := range c {
			if want := float32(4 * k * MaxByte * MaxByte); v != want {
				t.Fatalf("column %d is %g, want %g", j, v, want)
			}
		}
	}
}

func BenchmarkByteTile(b *testing.B) {
	tile := MatrixByteTile()
	if tile == nil {
		b.Skip("no instructions for products of bytes here")
	}
	r := rand.New(rand.NewPCG(1, 2))
	const k = 256
	x, y := randomBytes(r, 4*k*tile.Columns), randomBytes(r, 4*k*tile.Columns)
	c := make([]float32, tile.Rows*tile.Columns)
	offsets := make([]int, tile.Rows)
	for i := range offsets {
		offsets[i] = i * tile.Columns
	}
	for b.Loop() {
		tile.ByColumns(c, offsets, x, tile.Columns, y, k, true)
	}
	b.ReportMetric(2*float64(b.N)*float64(4*k*tile.Rows*tile.Columns)/b.Elapsed().Seconds()/1e9, "Gop/s")
}
