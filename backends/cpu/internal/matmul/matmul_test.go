package matmul

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

func randomFloats(r *rand.Rand, n int) []float32 {
	x := memory.Floats(n)
	for i := range x {
		x[i] = r.Float32()*2 - 1
	}
	return x
}

// matrix returns a random Matrix, stored by columns if byColumns is true, with a gap between
// its rows or columns.
func matrix(r *rand.Rand, rows, cols int, byColumns bool) Matrix {
	if byColumns {
		return Matrix{Data: randomFloats(r, cols*(rows+2)), Rows: rows, Cols: cols, RowStride: 1, ColStride: rows + 2}
	}
	return Matrix{Data: randomFloats(r, rows*(cols+2)), Rows: rows, Cols: cols, RowStride: cols + 2, ColStride: 1}
}

// product is the oracle: sums in float64.
func product(a, b Matrix) []float64 {
	c := make([]float64, a.Rows*b.Cols)
	for i := range a.Rows {
		for l := range a.Cols {
			f := float64(a.Data[i*a.RowStride+l*a.ColStride])
			for j := range b.Cols {
				c[i*b.Cols+j] += f * float64(b.Data[l*b.RowStride+j*b.ColStride])
			}
		}
	}
	return c
}

// tolerance bounds the error of a float32 sum of k products of values in [-1, 1]; each rounding
// is at most half a unit in the last place of k.
func tolerance(k int) float64 { return float64(k) * math.Pow(2, -23) }

// TestDenseSizes tests sizes around every block edge.
func TestDenseSizes(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	for _, tile := range tiles() {
		m := New(p, tile)
		r := rand.New(rand.NewPCG(1, uint64(tile.Rows)))
		rows := []int{1, tile.Rows - 1, tile.Rows + 1, TaskRows(tile) - 1, TaskRows(tile) + 1, MaxColumnRows + 1}
		cols := []int{1, tile.Lanes + 1, tile.Columns - 1, tile.Columns + 1, blockColumns + 1}
		depths := []int{1, packDepth + 1, simd.MaxDepth - 1, simd.MaxDepth + 1, superDepth + 1}
		for n := range 60 {
			a := matrix(r, rows[r.IntN(len(rows))], depths[r.IntN(len(depths))], n%2 == 0)
			b := matrix(r, a.Cols, cols[r.IntN(len(cols))], n/2%2 == 0)
			if a.Rows*a.Cols*b.Cols > 10_000_000 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%dx%dx%d/form=%d", tile.ISA(), a.Rows, b.Cols, a.Cols, n%4), func(t *testing.T) {
				c := make([]float32, a.Rows*b.Cols)
				m.Dense(c, a, b)
				compare(t, c, product(a, b), tolerance(a.Cols))
			})
		}
	}
}

func compare(t *testing.T, got []float32, want []float64, tolerance float64) {
	t.Helper()
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance) {
			t.Fatalf("element %d is %g, want %g ± %g", i, got[i], w, tolerance)
		}
	}
}

// TestSplit tests products of few rows and columns and great depth.
func TestSplit(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	for _, tile := range tiles() {
		m := New(p, tile)
		r := rand.New(rand.NewPCG(5, 5))
		for _, size := range [][3]int{{27, 2*splitDepth + 100, 70}, {MaxColumnRows, 2 * splitDepth, 1}, {1, 3*splitDepth + 1, 33}} {
			a := matrix(r, size[0], size[1], true)
			b := matrix(r, size[1], size[2], false)
			left := m.Left(a)
			for _, add := range []bool{false, true} {
				c := make([]float32, a.Rows*b.Cols)
				c[0] = 1
				out := C{Data: c, Add: add, Row: func(o []int, row int) {
					for i := range o {
						o[i] = (row + i) * b.Cols
					}
				}}
				if !m.split(left, m.Right(b), out, a.Cols, b.Cols) {
					t.Fatalf("%v was not split", size)
				}
				want := product(a, b)
				if add {
					want[0]++
				}
				compare(t, c, want, tolerance(a.Cols))
			}
		}
	}
}

// TestSkinny tests a large matrix, in both forms, with few columns.
func TestSkinny(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	m := New(p, simd.MatrixTile())
	r := rand.New(rand.NewPCG(4, 4))
	for _, size := range [][2]int{{1100, 1000}, {5000, 230}, {70, 20_000}} {
		for _, cols := range []int{1, 10, 16} {
			for form := range 4 {
				a := matrix(r, size[0], size[1], form%2 == 1)
				b := matrix(r, size[1], cols, form/2 == 1)
				c := make([]float32, a.Rows*cols)
				if !m.skinny(c, a, b) {
					t.Fatalf("%dx%d by %d was not taken for skinny", a.Rows, a.Cols, cols)
				}
				compare(t, c, product(a, b), tolerance(a.Cols))
			}
		}
	}
}

func TestThreadsDoNotChangeBits(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	a, b := matrix(r, 301, 2100, false), matrix(r, 2100, 70, false)
	var want []float32
	for _, threads := range []int{1, 2, 5} {
		p := pool.New(threads)
		c := make([]float32, a.Rows*b.Cols)
		New(p, simd.MatrixTile()).Dense(c, a, b)
		p.Close()
		if want == nil {
			want = c
		}
		if !slices.Equal(c, want) {
			t.Errorf("%d threads give other bits than one", threads)
		}
	}
}

func TestAddAndEmptySum(t *testing.T) {
	p := pool.New(2)
	defer p.Close()
	m := New(p, simd.MatrixTile())
	ones := Matrix{Data: []float32{1, 1, 1, 1}, Rows: 2, Cols: 2, RowStride: 2, ColStride: 1}
	c := C{Data: []float32{5, 6, 7, 8}, Add: true, Row: func(o []int, row int) {
		for i := range o {
			o[i] = 2 * (row + i)
		}
	}}
	m.Run(m.Left(ones), m.Right(ones), c, 2, 2)
	if want := []float32{7, 8, 9, 10}; !slices.Equal(c.Data, want) {
		t.Errorf("adding gives %v, want %v", c.Data, want)
	}
	m.Run(m.Left(ones), m.Right(ones), c, 0, 2)
	if want := []float32{7, 8, 9, 10}; !slices.Equal(c.Data, want) {
		t.Errorf("adding nothing gives %v, want %v", c.Data, want)
	}
	c.Add = false
	m.Run(m.Left(ones), m.Right(ones), c, 0, 2)
	if want := []float32{0, 0, 0, 0}; !slices.Equal(c.Data, want) {
		t.Errorf("the empty sum is %v, want zeros", c.Data)
	}
}

func BenchmarkDense(b *testing.B) {
	p := pool.New(0)
	defer p.Close()
	m := New(p, simd.MatrixTile())
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{512, 1024, 2048, 4096} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x := Matrix{Data: randomFloats(r, n*n), Rows: n, Cols: n, RowStride: n, ColStride: 1}
			c := memory.Floats(n * n)
			m.Dense(c, x, x) // takes memory and wakes the threads
			for b.Loop() {
				m.Dense(c, x, x)
			}
			b.ReportMetric(2*float64(b.N)*float64(n)*float64(n)*float64(n)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkPeak measures the rate of fused multiply-adds in registers, on all threads.
func BenchmarkPeak(b *testing.B) {
	p := pool.New(0)
	defer p.Close()
	const rounds = 1_000_000
	for b.Loop() {
		p.Run(p.Threads(), func(int) { simd.Spin(rounds) })
	}
	flops := float64(simd.Spin(1)) * rounds * float64(p.Threads())
	b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// BenchmarkSkinny measures products of a large matrix with ten columns, and of its transpose,
// in GB/s of the matrix, and for comparison a plain read of the matrix.
func BenchmarkSkinny(b *testing.B) {
	p := pool.New(0)
	defer p.Close()
	m := New(p, simd.MatrixTile())
	const rows, cols, few = 20_000, 28_672, 10
	x := memory.Floats(rows * cols)
	for i := range x {
		x[i] = float32(i & 7)
	}
	r := rand.New(rand.NewPCG(1, 1))
	tall := Matrix{Data: x, Rows: rows, Cols: cols, RowStride: cols, ColStride: 1}
	turned := Matrix{Data: x, Rows: cols, Cols: rows, RowStride: 1, ColStride: cols}
	right := func(n int) Matrix {
		return Matrix{Data: randomFloats(r, n*few), Rows: n, Cols: few, RowStride: few, ColStride: 1}
	}
	byRows, byColumns := right(cols), right(rows)
	c := make([]float32, cols*few)
	sums := make([]float32, rows)
	for _, bench := range []struct {
		name string
		run  func()
	}{
		{"read", func() { p.Run(rows, func(i int) { sums[i] = simd.Sum(x[i*cols:][:cols]) }) }},
		{"product", func() { m.Dense(c, tall, byRows) }},
		{"transposed", func() { m.Dense(c, turned, byColumns) }},
	} {
		b.Run("what="+bench.name, func(b *testing.B) {
			for b.Loop() {
				bench.run()
			}
			b.ReportMetric(4*float64(rows*cols)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GB/s")
		})
	}
}
