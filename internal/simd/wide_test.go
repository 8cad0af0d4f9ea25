package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func randomWide(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.Float64()*2 - 1
	}
	return x
}

// wideTolerance bounds the absolute error of a sum of k products of values in [-1, 1] with k
// roundings in float64.
func wideTolerance(k int) float64 { return float64(k+1) * 0x1p-52 }

// TestWideTiles compares each tile with sums in the order of the definition, and checks that
// no other element of C is changed.
func TestWideTiles(t *testing.T) {
	for _, tile := range Wides() {
		r := rand.New(rand.NewPCG(1, 2))
		for rows := 1; rows <= tile.Rows; rows++ {
			for _, cols := range []int{1, 3, tile.Columns - 1, tile.Columns} {
				for _, k := range []int{1, 2, 17, 300} {
					for _, add := range []bool{false, true} {
						testWideTile(t, r, tile, rows, cols, k, add)
					}
				}
			}
		}
	}
}

func testWideTile(t *testing.T, r *rand.Rand, tile *WideTile, rows, cols, k int, add bool) {
	t.Helper()
	stride := cols + 3
	a, b, c := randomWide(r, k*tile.Rows), randomWide(r, k*tile.Columns), randomWide(r, rows*stride)
	want := append([]float64(nil), c...)
	for i := range rows {
		for j := range cols {
			var sum float64
			for l := range k {
				sum += a[l*tile.Rows+i] * b[l*tile.Columns+j]
			}
			if add {
				sum += want[i*stride+j]
			}
			want[i*stride+j] = sum
		}
	}
	tile.Multiply(c, stride, rows, cols, a, b, k, add)
	for i, v := range want {
		if tol := wideTolerance(k); i%stride >= cols && c[i] != v || math.Abs(c[i]-v) > tol {
			t.Fatalf("%v, %d×%d, depth %d, add %v: element %d is %v, want %v", tile.ISA(), rows, cols, k, add, i, c[i], v)
		}
	}
}

func TestWideTilePanics(t *testing.T) {
	for _, tile := range Wides() {
		a, b, c := make([]float64, 2*tile.Rows), make([]float64, 2*tile.Columns), make([]float64, tile.Rows*tile.Columns)
		for name, call := range map[string]func(){
			"rows":  func() { tile.Multiply(c, tile.Columns, tile.Rows+1, 1, a, b, 1, false) },
			"depth": func() { tile.Multiply(c, tile.Columns, 1, 1, a, b, 3, false) },
			"none":  func() { tile.Multiply(c, tile.Columns, 1, 1, a, b, 0, false) },
			"short": func() { tile.Multiply(c[:5], tile.Columns, 2, tile.Columns, a, b, 2, false) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v: %s: no panic", tile.ISA(), name)
					}
				}()
				call()
			}()
		}
	}
}

// TestWideRows compares the kernels that run over rows with the definition, for lengths
// around those of a vector register and for groups that are not full.
func TestWideRows(t *testing.T) {
	for _, w := range AllRows64() {
		r := rand.New(rand.NewPCG(3, 4))
		for rows := 1; rows <= w.Group; rows++ {
			for _, n := range []int{0, 1, 3, 4, 7, 8, 9, 31, 64, 200} {
				t.Run(fmt.Sprintf("%v/rows=%d/n=%d", w.ISA(), rows, n), func(t *testing.T) { testWideRows(t, r, w, rows, n) })
			}
		}
	}
}

func testWideRows(t *testing.T, r *rand.Rand, w *WideRows, rows, n int) {
	stride := n + 2
	a, x, y, f := randomWide(r, rows*stride), randomWide(r, n), randomWide(r, n), randomWide(r, rows)
	dots, both := make([]float64, rows), make([]float64, rows)
	combined, fused := append([]float64(nil), y...), append([]float64(nil), y...)
	w.Dots(dots, a, stride, rows, x)
	w.Combine(combined, f, a, stride, rows)
	w.Both(both, fused, f, a, stride, rows, x)
	for i := range rows {
		var want float64
		for j := range n {
			want += a[i*stride+j] * x[j]
			y[j] += f[i] * a[i*stride+j]
		}
		if math.Abs(dots[i]-want) > wideTolerance(n) || both[i] != dots[i] {
			t.Errorf("row %d: products %v and %v, want %v", i, dots[i], both[i], want)
		}
	}
	for j, v := range y {
		if math.Abs(combined[j]-v) > wideTolerance(rows) || fused[j] != combined[j] {
			t.Errorf("column %d: sums %v and %v, want %v", j, combined[j], fused[j], v)
		}
	}
}

func BenchmarkWideTile(b *testing.B) {
	for _, tile := range Wides() {
		b.Run("isa="+tile.ISA().String(), func(b *testing.B) {
			const k = 256
			r := rand.New(rand.NewPCG(1, 2))
			x, y := randomWide(r, k*tile.Rows), randomWide(r, k*tile.Columns)
			c := make([]float64, tile.Rows*tile.Columns)
			for b.Loop() {
				tile.Multiply(c, tile.Columns, tile.Rows, tile.Columns, x, y, k, false)
			}
			flops := 2 * k * tile.Rows * tile.Columns
			b.ReportMetric(float64(flops)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
