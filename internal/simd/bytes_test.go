package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestByteTiles compares with sums of integers, at the largest allowed values, and checks that
// no other element of C is changed.
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
	a, b := randomSigned(r, 4*k*stride), randomBytes(r, 4*k*tile.Columns)
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

// randomBytes draws from all values, the largest value more often.
func randomBytes(r *rand.Rand, n int) []uint8 {
	v := make([]uint8, n)
	for i := range v {
		v[i] = uint8(min(math.MaxUint8, r.IntN(math.MaxUint8+60)))
	}
	return v
}

// randomSigned draws from all values, the least value more often.
func randomSigned(r *rand.Rand, n int) []int8 {
	v := make([]int8, n)
	for i := range v {
		v[i] = int8(max(math.MinInt8, r.IntN(math.MaxUint8+60)-math.MaxInt8-60))
	}
	return v
}

// TestTurn compares with the definition, with gaps between the blocks of src.
func TestTurn(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, tile := range MatrixByteTiles() {
		w := tile.Columns
		stride := w*w + 5
		const n = 3
		src, dst := randomBytes(r, n*stride), make([]uint8, n*w*w+1)
		tile.Turn(dst, src, n, stride)
		for p := range n {
			for row := range w {
				for col := range w {
					want := src[p*stride+4*(col/4*w+row)+col%4]
					if got := dst[p*w*w+4*(row/4*w+col)+row%4]; got != want {
						t.Fatalf("tile of %d columns, block %d, row %d, column %d: %d, want %d", w, p, row, col, got, want)
					}
				}
			}
		}
		if dst[n*w*w] != 0 {
			t.Errorf("tile of %d columns: written beyond the last block", w)
		}
	}
}

func TestByteTileLargest(t *testing.T) {
	for _, tile := range MatrixByteTiles() {
		k := MaxByteDepth
		a, b := make([]int8, 4*k), make([]uint8, 4*k*tile.Columns)
		for i := range a {
			a[i] = math.MinInt8
		}
		for i := range b {
			b[i] = math.MaxUint8
		}
		c := make([]float32, tile.Columns)
		tile.ByColumns(c, []int{0}, a, 1, b, k, false)
		for j, v := range c {
			if want := float32(4 * k * math.MinInt8 * math.MaxUint8); v != want {
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
	x, y := randomSigned(r, 4*k*tile.Columns), randomBytes(r, 4*k*tile.Columns)
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
