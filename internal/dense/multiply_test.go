package dense

import (
	"fmt"
	"testing"

	"repbench/internal/simd"
)

// TestMultiply compares products with their definition, for sizes around those of the tiles
// and blocks, and for all forms of the factors.
func TestMultiply(t *testing.T) {
	sizes := [][3]int{{1, 1, 1}, {14, 16, 8}, {15, 17, 9}, {5, 33, 257}, {113, 31, 256}, {130, 70, 300}, {3, 2050, 5}}
	for _, tile := range simd.Wides() {
		for _, s := range sizes {
			for form := range 8 {
				m, n, k := s[0], s[1], s[2]
				a := Operand{M: random(1, m, k), Negative: form&4 != 0}
				b := Operand{M: random(2, k, n)}
				if form&1 != 0 {
					a.M, a.Transposed = random(1, k, m), true
				}
				if form&2 != 0 {
					b.M, b.Transposed = random(2, n, k), true
				}
				c := New(m, n)
				work := newWorkspace(2)
				work.tile = tile
				work.multiply(c, a, b, false)
				if d := largest(c, naive(a, b), false); d > float64(k)*1e-14 {
					t.Errorf("%v: %v, form %d: differs by %v", tile.ISA(), s, form, d)
				}
			}
		}
	}
}

// TestMultiplyLower: triangles as factors and as result, sums that are added, and the same
// bits for any number of threads.
func TestMultiplyLower(t *testing.T) {
	for _, n := range []int{1, 15, 64, 130, 300} {
		a := Operand{M: random(3, n, n), Lower: true}
		b := Operand{M: a.M, Lower: true, Transposed: true}
		want := naive(a, b)
		var first *Matrix
		for _, threads := range []int{1, 2, 7} {
			c := New(n, n)
			MultiplyLower(c, a, b, false, threads)
			MultiplyLower(c, a, b, true, threads)
			if first == nil {
				first = c.Clone()
			}
			same(t, fmt.Sprintf("n=%d, %d threads", n, threads), c, first, true)
			for i := range n {
				for j, v := range c.Row(i)[:i+1] {
					c.Row(i)[j] = v / 2
				}
			}
			if d := largest(c, want, true); d > float64(n)*1e-14 {
				t.Errorf("n=%d: differs by %v", n, d)
			}
		}
	}
}

// TestMultiplyNothing: a product over no terms is 0.
func TestMultiplyNothing(t *testing.T) {
	c := random(1, 2, 3)
	Multiply(c, Operand{M: New(2, 0)}, Operand{M: New(0, 3)}, true, 1)
	same(t, "added", c, random(1, 2, 3), false)
	Multiply(c, Operand{M: New(2, 0)}, Operand{M: New(0, 3)}, false, 1)
	same(t, "set", c, New(2, 3), false)
}

func TestMultiplyPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Multiply(New(2, 2), Operand{M: New(2, 3)}, Operand{M: New(2, 2)}, false, 1)
}

func TestMatrix(t *testing.T) {
	m := random(1, 70, 70)
	if p := m.Part(3, 5, 60, 70); p.At(1, 9) != m.At(4, 69) || p.Rows != 2 || p.Cols != 10 {
		t.Errorf("part %v", p)
	}
	var trace float64
	for i := range 70 {
		trace += m.At(i, i)
	}
	if m.Trace() != trace {
		t.Errorf("trace %v, want %v", m.Trace(), trace)
	}
	c := m.Clone()
	c.Mirror()
	for i := range 70 {
		for j := range 70 {
			if c.At(i, j) != m.At(max(i, j), min(i, j)) {
				t.Fatalf("element (%d, %d) of the mirrored matrix is %v", i, j, c.At(i, j))
			}
		}
	}
	for _, cols := range []int{1, 64, 512, 2048, 7168} {
		if m := New(1, cols); m.Stride%8 != 0 || m.Stride%512 == 0 || Bytes(1, cols) != int64(8*m.Stride) {
			t.Errorf("%d columns: stride %d", cols, m.Stride)
		}
	}
}

func BenchmarkMultiply(b *testing.B) {
	for _, n := range []int{1024, 2048} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x, y, c := random(1, n, n), random(2, n, n), New(n, n)
			for b.Loop() {
				Multiply(c, Operand{M: x}, Operand{M: y}, false, 2)
			}
			b.ReportMetric(2*float64(n)*float64(n)*float64(n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
