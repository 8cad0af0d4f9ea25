package simd

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// packInts packs rows of bytes as an operand of the tile: A with stride len(rows), B with stride Columns.
func packInts(t *IntTile, rows [][]uint8, asA bool) []uint32 {
	k := t.Words(len(rows[0]))
	stride := t.Columns
	if asA {
		stride = len(rows)
	}
	out, words := make([]uint32, k*stride), make([]uint32, k*len(rows))
	for i := range rows {
		row := words[i*k : (i+1)*k]
		t.RowB(row, rows[i])
		if asA {
			t.PackA(out, stride, i, row)
		}
	}
	if !asA {
		t.PackB(out, words, k, len(rows), k)
	}
	return out
}

// TestIntTiles compares with sums of integers for every number of rows and depths across the edges
// of words, and checks that no other element of C is changed.
func TestIntTiles(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, tile := range MatrixIntTiles() {
		for rows := 1; rows <= tile.Rows; rows++ {
			for _, d := range []int{1, 2, 3, 4, 5, 17, 64, 515} {
				for _, add := range []bool{false, true} {
					testIntTile(t, r, tile, rows, d, add)
				}
			}
		}
	}
}

func testIntTile(t *testing.T, r *rand.Rand, tile *IntTile, rows, d int, add bool) {
	t.Helper()
	a, b := make([][]uint8, rows), make([][]uint8, tile.Columns)
	for _, x := range [][][]uint8{a, b} {
		for i := range x {
			x[i] = randomBytes(r, d)
		}
	}
	ldc := tile.Columns + 3
	c := make([]int32, rows*ldc)
	for i := range c {
		c[i] = int32(r.IntN(2000) - 1000)
	}
	want, offsets := slices.Clone(c), make([]int, rows)
	for i := range offsets {
		offsets[i] = (rows - 1 - i) * ldc
		for j := range tile.Columns {
			sum := int32(0)
			for l := range d {
				sum += (int32(a[i][l]) - 128) * int32(b[j][l])
			}
			if add {
				sum += want[offsets[i]+j]
			}
			want[offsets[i]+j] = sum
		}
	}
	tile.Multiply(c, offsets, packInts(tile, a, true), packInts(tile, b, false), tile.Words(d), add)
	if !slices.Equal(c, want) {
		t.Fatalf("%s, %d rows of %d values, add %t: wrong sums", tile.ISA(), rows, d, add)
	}
}

// TestIntTileLargest: the largest sums of both signs fit.
func TestIntTileLargest(t *testing.T) {
	for _, tile := range MatrixIntTiles() {
		for _, a := range []uint8{0, 255} {
			x, y := make([]uint8, MaxIntDepth), make([]uint8, MaxIntDepth)
			for i := range x {
				x[i], y[i] = a, 255
			}
			b := make([][]uint8, tile.Columns)
			for j := range b {
				b[j] = y
			}
			c := make([]int32, tile.Columns)
			tile.Multiply(c, []int{0}, packInts(tile, [][]uint8{x}, true), packInts(tile, b, false), tile.Words(MaxIntDepth), false)
			for j, v := range c {
				if want := int32((int(a) - 128) * 255 * MaxIntDepth); v != want {
					t.Fatalf("%s: column %d is %d, want %d", tile.ISA(), j, v, want)
				}
			}
		}
	}
}

// TestHits compares with the formula in float64, where rounding cannot decide.
func TestHits(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, tile := range MatrixIntTiles() {
		for _, rows := range []int{1, 2, 25, 50} {
			n, stride := 3*tile.Columns, 3*tile.Columns+5
			sums := make([]int32, rows*stride)
			for i := range sums {
				sums[i] = int32(r.IntN(2000) - 1000)
			}
			draw := func(n int) []float32 {
				x := make([]float32, n)
				for i := range x {
					x[i] = float32(r.IntN(200)) / 64
				}
				return x
			}
			s := &Scores{E: draw(rows), F: draw(rows), Weight: draw(n), Scale: draw(n), Shift: draw(n), Margin: 3}
			score := make([]float64, n)
			for j := range score {
				best := math.Inf(-1)
				for i := range rows {
					best = max(best, (float64(sums[i*stride+j])+float64(s.E[i])*float64(s.Weight[j]))*float64(s.F[i]))
				}
				score[j] = (best+3)*float64(s.Scale[j]) + float64(s.Shift[j])
			}
			sorted := slices.Sorted(slices.Values(score))
			least := (sorted[n/2] + sorted[n/2+1]) / 2
			found := make([]uint16, (n+15)/16)
			tile.Hits(found, sums, stride, n, s, float32(least))
			for j := range n {
				if got := found[j/16]>>(j%16)&1 == 1; got != (score[j] >= least) {
					t.Fatalf("%s, %d rows, column %d: found %t, score %g of %g", tile.ISA(), rows, j, got, score[j], least)
				}
			}
		}
	}
}

func TestMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, tile := range MatrixIntTiles() {
		for _, n := range []int{0, 1, 31, 32, 33, 3072, 1<<15 + 40, 3 << 15} {
			for _, largest := range []bool{false, true} {
				x := randomBytes(r, n)
				var sum, square int64
				for i, v := range x {
					if largest {
						v, x[i] = 255, 255
					}
					sum += int64(v)
					square += int64(v) * int64(v)
				}
				if s, q := tile.Moments(x); s != sum || q != square {
					t.Fatalf("%s, %d bytes: %d and %d, want %d and %d", tile.ISA(), n, s, q, sum, square)
				}
			}
		}
	}
}

func BenchmarkIntTile(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, tile := range MatrixIntTiles() {
		b.Run("isa="+tile.ISA().String(), func(b *testing.B) {
			const d = 1024
			rows := func(n int) [][]uint8 {
				x := make([][]uint8, n)
				for i := range x {
					x[i] = randomBytes(r, d)
				}
				return x
			}
			x, y := packInts(tile, rows(tile.Rows), true), packInts(tile, rows(tile.Columns), false)
			c, offsets := make([]int32, tile.Rows*tile.Columns), make([]int, tile.Rows)
			for i := range offsets {
				offsets[i] = i * tile.Columns
			}
			for b.Loop() {
				tile.Multiply(c, offsets, x, y, tile.Words(d), false)
			}
			b.ReportMetric(float64(b.N)*float64(d*tile.Rows*tile.Columns)/b.Elapsed().Seconds()/1e9, "Gproducts/s")
		})
	}
}

// BenchmarkSpinBytes measures the peak of products of bytes.
func BenchmarkSpinBytes(b *testing.B) {
	if SpinBytes(1) == 0 {
		b.Skip("no instructions for products of bytes here")
	}
	n := 0
	for b.Loop() {
		n += SpinBytes(1000)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds()/1e9, "Gproducts/s")
}
