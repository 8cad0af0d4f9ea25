package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/internal/npy"
)

// Bounds on |got - want| / Σ|terms|, for sums whose terms are exact products:
// float32 sums have at most 128 terms a lane in a test (1024 columns / 8 lanes),
// each adding one rounding of 2^-24; float64 sums at most 3,000 of 2^-53.
const (
	bound32 = 128.0 / (1 << 24)
	bound64 = 3000.0 / (1 << 53)
)

// edges are row counts, vector counts and column counts around every block size of the kernels:
// 2 and 4 rows, 5 vectors, 4 to 64 columns, chunks of 512 and 1024.
var (
	edgeRows = []int{0, 1, 2, 3, 4, 9}
	edgeK    = []int{1, 5, 6}
	edgeCols = []int{0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 511, 513, 1024, 1041}
)

// everyCase calls f with each instruction set of this machine and each shape.
func everyCase(t *testing.T, f func(t *testing.T, kern *kernels, rng *rand.Rand, n, k, d int)) {
	for _, kern := range supported() {
		t.Run("isa="+kern.isa.String(), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			for _, n := range edgeRows {
				for _, k := range edgeK {
					for _, d := range edgeCols {
						f(t, kern, rng, n, k, d)
						if t.Failed() {
							t.Fatalf("n=%d k=%d d=%d", n, k, d)
						}
					}
				}
			}
		})
	}
}

func TestDot(t *testing.T) {
	t.Run("float32", func(t *testing.T) { everyCase(t, dotCase[float32]) })
	t.Run("float64", func(t *testing.T) { everyCase(t, dotCase[float64]) })
}

func dotCase[T Float](t *testing.T, kern *kernels, rng *rand.Rand, n, k, d int) {
	rows, w := randomRows(rng, n, d), randomVectors(rng, k, d)
	var p Panel[T]
	pack(&p, kern, w)
	got := make([]float64, n*p.Stride())
	for i := range got {
		got[i] = math.NaN() // Dot overwrites
	}
	p.Dot(got, rows)
	for i := range n {
		for j := range p.Stride() {
			var want, scale float64
			for c := 0; c < d && j < k; c++ {
				term := float64(rows[i][c]) * float64(T(w[j][c]))
				want += term
				scale += math.Abs(term)
			}
			near[T](t, fmt.Sprintf("row %d vector %d", i, j), got[i*p.Stride()+j], want, scale)
		}
	}
}

func TestAccumulate(t *testing.T) {
	t.Run("float32", func(t *testing.T) { everyCase(t, accumulateCase[float32]) })
	t.Run("float64", func(t *testing.T) { everyCase(t, accumulateCase[float64]) })
}

func accumulateCase[T Float](t *testing.T, kern *kernels, rng *rand.Rand, n, k, d int) {
	stride := Padded(k)
	rows := randomRows(rng, n, d)
	s := make([]T, n*stride)
	for i := range s {
		s[i] = T(rng.NormFloat64())
	}
	g := make([]float64, stride*d)
	for i := range g {
		g[i] = 1 // Accumulate adds
	}
	accumulate(kern, g, d, s, rows)
	for j := range stride {
		for c := range d {
			want, scale := 1.0, 1.0
			for i := range n {
				term := float64(s[i*stride+j]) * float64(rows[i][c])
				want += term
				scale += math.Abs(term)
			}
			near[T](t, fmt.Sprintf("sum %d column %d", j, c), g[j*d+c], want, scale)
		}
	}
}

func near[T Float](t *testing.T, what string, got, want, scale float64) {
	t.Helper()
	bound := bound32
	if _, ok := any(T(0)).(float64); ok {
		bound = bound64
	}
	if !(math.Abs(got-want) <= bound*scale) {
		t.Errorf("%s: %v, want %v within %g", what, got, want, bound*scale)
	}
}

// TestNearFails checks that the comparison detects errors.
func TestNearFails(t *testing.T) {
	for _, c := range []struct {
		name string
		got  float64
	}{{"off", 1.001}, {"nan", math.NaN()}} {
		var probe testing.T
		near[float32](&probe, c.name, c.got, 1, 1)
		if !probe.Failed() {
			t.Errorf("%s passes as 1", c.name)
		}
	}
}

// TestDotRowsApart: a result does not depend on the other rows of the call.
func TestDotRowsApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	rows, w := randomRows(rng, 7, 1500), randomVectors(rng, 7, 1500)
	var p Panel[float32]
	p.Pack(w)
	all, one := make([]float64, 7*p.Stride()), make([]float64, p.Stride())
	p.Dot(all, rows)
	for i := range rows {
		p.Dot(one, rows[i:i+1])
		for k, v := range one {
			if v != all[i*p.Stride()+k] {
				t.Fatalf("row %d vector %d: %v alone, %v with others", i, k, v, all[i*p.Stride()+k])
			}
		}
	}
}

// TestPackRows: float32 vectors and the same vectors as float64 give the same panel.
func TestPackRows(t *testing.T) {
	rows := randomRows(rand.New(rand.NewPCG(5, 6)), 6, 37)
	w := make([][]float64, len(rows))
	for i, r := range rows {
		for _, v := range r {
			w[i] = append(w[i], float64(v))
		}
	}
	var a, b Panel[float64]
	a.PackRows(rows)
	b.Pack(w)
	for i := range a.data {
		if a.data[i] != b.data[i] {
			t.Fatalf("element %d: %v and %v", i, a.data[i], b.data[i])
		}
	}
}

// TestPackAgain: a smaller panel packed over a larger one keeps no part of it.
func TestPackAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	var p, fresh Panel[float32]
	p.Pack(randomVectors(rng, 10, 100))
	w := randomVectors(rng, 3, 40)
	p.Pack(w)
	fresh.Pack(w)
	if p.K() != 3 || p.D() != 40 || len(p.data) != len(fresh.data) {
		t.Fatalf("K=%d D=%d, %d elements, want 3, 40, %d", p.K(), p.D(), len(p.data), len(fresh.data))
	}
	for i := range p.data {
		if p.data[i] != fresh.data[i] {
			t.Fatalf("element %d: %v, want %v", i, p.data[i], fresh.data[i])
		}
	}
}

// TestWiden tests every float16.
func TestWiden(t *testing.T) {
	src := make([]uint16, 1<<16+5)
	for i := range src {
		src[i] = uint16(i)
	}
	for _, kern := range supported() {
		for _, n := range []int{0, 1, 7, 8, 9, 16, 17, len(src)} {
			dst := make([]float32, n)
			widen(kern, dst, src[:n])
			for i, got := range dst {
				want := npy.Float16ToFloat32(src[i])
				if got != want && !(math.IsNaN(float64(got)) && math.IsNaN(float64(want))) {
					t.Fatalf("%s: %#04x gives %v, want %v", kern.isa, src[i], got, want)
				}
			}
		}
	}
}

func TestPanics(t *testing.T) {
	var p Panel[float32]
	p.Pack([][]float64{{1, 2}, {3, 4}})
	cases := []struct {
		name string
		do   func()
	}{
		{"vectors of two lengths", func() { new(Panel[float64]).Pack([][]float64{{1}, {1, 2}}) }},
		{"short row", func() { p.Dot(make([]float64, 5), [][]float32{{1}}) }},
		{"short result", func() { p.Dot(make([]float64, 4), [][]float32{{1, 2}}) }},
		{"factors for half a row", func() { Accumulate(make([]float64, 5), 1, make([]float32, 7), [][]float32{{1}, {1}}) }},
		{"short sums", func() { Accumulate(make([]float64, 4), 1, make([]float32, 5), [][]float32{{1}}) }},
		{"short row to accumulate", func() { Accumulate(make([]float64, 10), 2, make([]float32, 5), [][]float32{{1}}) }},
		{"short widened", func() { Widen(make([]float32, 1), make([]uint16, 2)) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			c.do()
		})
	}
}

func randomRows(rng *rand.Rand, n, d int) [][]float32 {
	rows := make([][]float32, n)
	for i := range rows {
		// One extra column, which must not affect the result.
		row := make([]float32, d+1)
		for c := range row {
			row[c] = float32(rng.NormFloat64())
		}
		row[d] = float32(math.NaN())
		rows[i] = row[:d]
	}
	return rows
}

func randomVectors(rng *rand.Rand, k, d int) [][]float64 {
	w := make([][]float64, k)
	for i := range w {
		w[i] = make([]float64, d)
		for c := range w[i] {
			w[i][c] = rng.NormFloat64()
		}
	}
	return w
}
