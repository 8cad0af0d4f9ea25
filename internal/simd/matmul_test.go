package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func randomFloats(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = r.Float32()*2 - 1
	}
	return x
}

// tileTolerance bounds the absolute error of a sum of k products of values in [-1, 1] with k
// roundings in float32.
func tileTolerance(k int) float64 { return float64(k) * math.Pow(2, -23) }

func TestTiles(t *testing.T) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(1, 2))
		for rows := 1; rows <= tile.Rows; rows++ {
			for _, cols := range []int{1, 3, tile.Lanes - 1, tile.Lanes, tile.Lanes + 1, tile.Columns - 1, tile.Columns} {
				for _, k := range []int{1, 2, 17, MaxDepth} {
					for _, add := range []bool{false, true} {
						testTile(t, r, tile, rows, cols, k, add)
					}
				}
			}
		}
	}
}

// testTile compares both forms of one product with sums in float64, and checks that no other
// element of C is changed.
func testTile(t *testing.T, r *rand.Rand, tile *Tile, rows, cols, k int, add bool) {
	t.Helper()
	w := tile.Width(cols)
	ldc := cols + 3
	a, b := randomFloats(r, rows*RowStride), randomFloats(r, k*w)
	before := randomFloats(r, rows*ldc)
	columns := make([]float32, k*(rows+1))
	offsets := make([]int, rows)
	for i := range rows {
		offsets[i] = (rows - 1 - i) * ldc // the rows may be in any order
		for l := range k {
			columns[l*(rows+1)+i] = a[i*RowStride+l]
		}
	}
	want := make([]float64, len(before))
	for i, v := range before {
		want[i] = float64(v)
	}
	for i, o := range offsets {
		for j := range cols {
			var sum float64
			for l := range k {
				sum += float64(a[i*RowStride+l]) * float64(b[l*w+j])
			}
			if add {
				sum += want[o+j]
			}
			want[o+j] = sum
		}
	}
	name := fmt.Sprintf("%s %dx%d depth %d add %t", tile.ISA(), rows, cols, k, add)
	c := append([]float32(nil), before...)
	tile.ByRows(c, offsets, a, b, k, cols, add)
	compareSums(t, name+" by rows", c, want, tileTolerance(k+1))
	c = append(c[:0], before...)
	tile.ByColumns(c, offsets, columns, rows+1, b, k, cols, add)
	compareSums(t, name+" by columns", c, want, tileTolerance(k+1))
}

func compareSums(t *testing.T, name string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if math.Abs(float64(got[i])-want[i]) > tolerance {
			t.Fatalf("%s: element %d is %g, want %g", name, i, got[i], want[i])
		}
	}
}

func TestCopyRows(t *testing.T) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(3, 4))
		src := randomFloats(r, 1000)
		for _, n := range []int{1, 3, 7, 8, 15, 16, 17, 63, 64, 65, 150} {
			stride := n + 5
			offsets := []int{7, -1, 0, 1000 - n, -5}
			dst := randomFloats(r, len(offsets)*stride)
			want := append([]float32(nil), dst...)
			for i, o := range offsets {
				for j := range n {
					want[i*stride+j] = 0
					if o >= 0 {
						want[i*stride+j] = src[o+j]
					}
				}
			}
			tile.CopyRows(dst, stride, src, offsets, n)
			for i := range want {
				if dst[i] != want[i] {
					t.Fatalf("%s n=%d: element %d is %g, want %g", tile.ISA(), n, i, dst[i], want[i])
				}
			}
		}
	}
}

func TestTranspose(t *testing.T) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(5, 6))
		for _, d := range [][2]int{{1, 1}, {3, 40}, {16, 16}, {8, 8}, {17, 15}, {33, 50}, {64, 48}} {
			rows, cols := d[0], d[1]
			src := randomFloats(r, rows*(cols+2))
			dst := make([]float32, cols*(rows+1))
			tile.Transpose(dst, rows+1, src, cols+2, rows, cols)
			for i := range rows {
				for j := range cols {
					if got, want := dst[j*(rows+1)+i], src[i*(cols+2)+j]; got != want {
						t.Fatalf("%s %dx%d: [%d,%d] is %g, want %g", tile.ISA(), rows, cols, j, i, got, want)
					}
				}
			}
		}
	}
}

func BenchmarkTile(b *testing.B) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(1, 2))
		const panels = 4
		k := 256
		a := randomFloats(r, tile.Rows*RowStride)
		p := randomFloats(r, panels*k*tile.Columns)
		c := make([]float32, tile.Rows*tile.Columns*panels)
		offsets := make([]int, tile.Rows)
		for i := range offsets {
			offsets[i] = i * tile.Columns * panels
		}
		b.Run("isa="+tile.ISA().String(), func(b *testing.B) {
			for i := range b.N {
				j := i % panels
				tile.ByRows(c[j*tile.Columns:], offsets, a, p[j*k*tile.Columns:], k, tile.Columns, true)
			}
			b.ReportMetric(2*float64(b.N)*float64(k*tile.Rows*tile.Columns)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
