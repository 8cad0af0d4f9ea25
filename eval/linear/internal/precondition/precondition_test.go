package precondition

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
)

// activeAt returns the rows of p that count at given scores, and random vectors to
// apply a preconditioner to with room for what it makes of them.
func activeAt(p matrixtest.Problem, classes int, score func(class, row int) float64) (active []Active, dst, src [][]float64) {
	for k := range classes {
		active = append(active, Active{Class: int32(k), Row: func(i int) bool {
			if p.Y[i] != int32(k) {
				return -score(k, i) < 1
			}
			return score(k, i) < 1
		}})
	}
	return active, vec.Dense(classes, p.X.D+1), matrixtest.Vectors(rand.New(rand.NewPCG(9, 9)), classes, p.X.D+1)
}

// applied returns P⁻¹·src.
func applied(t *testing.T, pre Preconditioner, c float64, active []Active, dst, src [][]float64) [][]float64 {
	t.Helper()
	if err := pre.Update(context.Background(), c, active); err != nil {
		t.Fatal(err)
	}
	if err := pre.Apply(context.Background(), dst, src); err != nil {
		t.Fatal(err)
	}
	return dst
}

// hessianTimes returns v + 2C·Σ_{active} x·(x·v) in float64.
func hessianTimes(p matrixtest.Problem, a Active, c float64, v []float64) []float64 {
	out := append([]float64(nil), v...)
	for i := range p.X.N {
		if !a.Row(i) {
			continue
		}
		z := 2 * c * matrixtest.RowProduct(p.X, i, v)
		for j := range p.X.D {
			out[j] += z * float64(p.X.At(i, j))
		}
		out[p.X.D] += z
	}
	return out
}

// inverseError returns the largest |H·P⁻¹r - r| over the classes, relative to the
// largest |r|.
func inverseError(p matrixtest.Problem, c float64, active []Active, inverse, r [][]float64) float64 {
	var worst, size float64
	for k, a := range active {
		hs := hessianTimes(p, a, c, inverse[k])
		for j, v := range r[k] {
			worst, size = max(worst, math.Abs(hs[j]-v)), max(size, math.Abs(v))
		}
	}
	return worst / size
}

// TestPreconditioners: applied to problems whose Hessian they know exactly (all
// rows in the sample, the same rows active for all classes), they are its
// inverse.
func TestPreconditioners(t *testing.T) {
	const c = 0.01
	shapes := []struct {
		name string
		n, d int
	}{
		{"wide", 40, 90}, // n ≤ D: Woodbury
		{"tall", 300, 20},
		{"square", 33, 33},
		{"several blocks", 150, 200},
	}
	scores := []struct {
		name  string
		score func(class, row int) float64
	}{
		{"all rows active", func(int, int) float64 { return 0 }},
		{"a third active", func(_, row int) float64 { return 2 - 2*float64(min(1, row%3)) }},
	}
	for _, s := range shapes {
		p := matrixtest.Blobs(s.n, s.d, 2, 1, 6)
		clear(p.Y) // every row of class 0, so that activity is the same for all
		for _, a := range scores {
			active, dst, src := activeAt(p, 1, a.score)
			kinds := []struct {
				name  string
				pre   Preconditioner
				bound float64 // float32 or float64 at a condition number of about 1e4
			}{
				{"sketch", NewSampled(p.X, 2, 2, 1), 1e-2},
				{"exact", newExact(passes.NewNative(p.X, 2)), 1e-10},
				{"per class", newPerClass(passes.NewNative(p.X, 2), 1), 1e-2},
			}
			for _, k := range kinds {
				t.Run(s.name+"/"+a.name+"/"+k.name, func(t *testing.T) {
					if e := inverseError(p, c, active, applied(t, k.pre, c, active, dst, src), src); !(e <= k.bound) {
						t.Errorf("H·P⁻¹ is off by %.1e, bound %.0e", e, k.bound)
					}
				})
			}
		}
	}
}

// TestFactorPerClass: each class has a factor of its own.
func TestFactorPerClass(t *testing.T) {
	for _, s := range []struct{ n, d int }{{30, 50}, {200, 10}, {150, 150}} {
		p := matrixtest.Blobs(s.n, s.d, 3, 1, 7)
		pres := map[Preconditioner]float64{
			newExact(passes.NewNative(p.X, 2)):       1e-9,
			newPerClass(passes.NewNative(p.X, 2), 1): 1e-2, // float32 at a condition number of some 1e4
		}
		for pre, bound := range pres {
			active, dst, src := activeAt(p, 3, func(class, row int) float64 { return float64((row + class) % 3) })
			if worst := inverseError(p, 0.1, active, applied(t, pre, 0.1, active, dst, src), src); !(worst <= bound) {
				t.Errorf("%T n=%d d=%d: H·P⁻¹ is off by %.1e", pre, s.n, s.d, worst)
			}
		}
	}
}

// TestNothingActive: without active rows the Hessian is the identity.
func TestNothingActive(t *testing.T) {
	for _, s := range []struct{ n, d int }{{20, 40}, {90, 10}} {
		p := matrixtest.Blobs(s.n, s.d, 2, 1, 8)
		clear(p.Y)
		active, dst, src := activeAt(p, 1, func(int, int) float64 { return 2 })
		for _, pre := range []Preconditioner{NewSampled(p.X, 2, 1, 1), newExact(passes.NewNative(p.X, 1)), newPerClass(passes.NewNative(p.X, 1), 1)} {
			got := applied(t, pre, 1, active, dst, src)[0]
			for j, r := range src[0] {
				if got[j] != r {
					t.Fatalf("%T n=%d: element %d: %v, want %v", pre, s.n, j, got[j], r)
				}
			}
		}
	}
}

// TestSketchSample: one row of each range, so of each part of a sorted matrix,
// by the seed.
func TestSketchSample(t *testing.T) {
	x := matrixtest.Blobs(10_000, 1, 2, 1, 9).X
	a := NewSampled(x, 2, 1, 1)
	m := len(a.index)
	if m != sampleSize(x.N, 1, 2) || m >= x.N {
		t.Fatalf("%d rows of %d, want %d", m, x.N, sampleSize(x.N, 1, 2))
	}
	for j, r := range a.index {
		if lo, hi := j*x.N/m, (j+1)*x.N/m; int(r) < lo || int(r) >= hi {
			t.Errorf("row %d of the sample is %d, outside [%d, %d)", j, r, lo, hi)
		}
	}
	b, other := NewSampled(x, 2, 2, 1), NewSampled(x, 2, 1, 2)
	same, different := true, false
	for j := range a.index {
		same = same && a.index[j] == b.index[j]
		different = different || a.index[j] != other.index[j]
	}
	if !same || !different {
		t.Errorf("same seed same rows: %v; other seed other rows: %v", same, different)
	}
}

func TestSketchSize(t *testing.T) {
	for _, c := range []struct{ n, d, classes, want int }{
		{0, 5, 2, 1},
		{1, 0, 2, 1},
		{10_000, 1, 2, 512},           // the least
		{100, 7168, 10, 100},          // all rows
		{50_000, 28_672, 10, 4096},    // the limit
		{50_000, 7168, 10, 3503},      // ∛(12·50,000·7,168·10)
		{1_000_000, 2048, 1000, 4096}, // the limit
	} {
		if got := sampleSize(c.n, c.d, c.classes); got != c.want {
			t.Errorf("n=%d d=%d K=%d: %d, want %d", c.n, c.d, c.classes, got, c.want)
		}
	}
}

// TestExactRefuses: a Hessian beyond float64 is an error that says what to do.
func TestExactRefuses(t *testing.T) {
	p := matrixtest.Blobs(30, 10, 2, 1, 10)
	for i := range p.X.Data {
		p.X.Data[i] *= 1e12
	}
	active, _, _ := activeAt(p, 1, func(int, int) float64 { return 0 })
	// Every column twice: the Hessian is singular but for its I.
	for i := range p.X.N {
		row := p.X.Data[i*10 : (i+1)*10]
		copy(row[5:], row[:5])
	}
	err := newExact(passes.NewNative(p.X, 1)).Update(context.Background(), 1e4, active)
	matrixtest.WantError(t, err, nil, "class 0", "scale the features or lower C")
}

// TestAddByRows: both arithmetics add the same.
func TestAddByRows(t *testing.T) {
	p := matrixtest.Blobs(70, 33, 2, 1, 15)
	src := matrixtest.Vectors(rand.New(rand.NewPCG(16, 16)), 3, p.X.D+1)
	twice := func(u [][]float64) { vec.ScaleAll(u, 2) }
	for _, condition := range []float64{1, 10 * narrowBelow} {
		dst := vec.Dense(3, p.X.D+1)
		if err := addByRows(context.Background(), passes.NewNative(p.X, 2), condition, dst, src, twice); err != nil {
			t.Fatal(err)
		}
		for k, v := range src {
			want := make([]float64, p.X.D+1)
			for i := range p.X.N {
				z := 2 * matrixtest.RowProduct(p.X, i, v)
				for j := range p.X.D {
					want[j] += z * float64(p.X.At(i, j))
				}
				want[p.X.D] += z
			}
			tolerance := 1e-6
			if condition > narrowBelow {
				tolerance = 1e-12
			}
			matrixtest.CompareVectors(t, "sum", dst[k], want, tolerance)
		}
	}
}
