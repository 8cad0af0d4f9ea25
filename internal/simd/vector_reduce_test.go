package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

type reduceOp struct {
	name  string
	get   func(v *vectorOps) reduceKernel
	empty float32
}

var reduceOps = []reduceOp{
	{"sum", func(v *vectorOps) reduceKernel { return v.sum }, 0},
	{"maxOf", func(v *vectorOps) reduceKernel { return v.maxOf }, -infinity},
	{"minOf", func(v *vectorOps) reduceKernel { return v.minOf }, infinity},
}

// reduceLengths are lengths around one and four vectors of each kind.
func reduceLengths() []int {
	var n []int
	for i := range 140 {
		n = append(n, i)
	}
	return append(n, 255, 256, 1000, 4096)
}

// TestSum compares with float64. For n terms of at most 1, in at least four accumulators, each
// of n/4+8 partial sums is at most n and has a relative error of 2^-24.
func TestSum(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, kern := range supported() {
		for _, n := range reduceLengths() {
			a := append(randomFloats(r, n), float32(math.NaN()))[:n]
			var want float64
			for _, x := range a {
				want += float64(x)
			}
			got := reduce(kern.vec.sum, a, 0)
			if bound := float64(n) * float64(n/4+8) * 0x1p-24; !(math.Abs(float64(got)-want) <= bound) {
				t.Errorf("isa=%s: sum of %d is %g, want %g within %g", kern.isa, n, got, want, bound)
			}
			if moved := reduce(kern.vec.sum, append([]float32{9}, a...)[1:], 0); moved != got {
				t.Errorf("isa=%s: sum of %d is %g at one address, %g at another", kern.isa, n, got, moved)
			}
		}
	}
}

// TestSumPlaces: each element counts once, wherever it stands.
func TestSumPlaces(t *testing.T) {
	for _, kern := range supported() {
		for n := 1; n < 140; n++ {
			a := make([]float32, n)
			for i := range a {
				a[i] = float32(i + 1)
			}
			if got, want := reduce(kern.vec.sum, a, 0), float32(n*(n+1)/2); got != want {
				t.Errorf("isa=%s: sum of 1 … %d is %g, want %g", kern.isa, n, got, want)
			}
		}
	}
}

// TestExtremes puts the extreme, and then a NaN, at each position of arrays of each length;
// elements beyond the end are more extreme and must not count.
func TestExtremes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, kern := range supported() {
		for n := 1; n < 140; n++ {
			for _, op := range reduceOps[1:] {
				extreme := float32(5)
				if op.empty > 0 {
					extreme = -5
				}
				for place := range n {
					a := append(randomFloats(r, n), 2*extreme)[:n]
					a[place] = extreme
					if got := reduce(op.get(kern.vec), a, 0); got != extreme {
						t.Fatalf("isa=%s: %s of %d with %g at %d is %g", kern.isa, op.name, n, extreme, place, got)
					}
					a[r.IntN(n)] = extreme
					a[place] = float32(math.NaN())
					if got := reduce(op.get(kern.vec), a, 0); got == got {
						t.Fatalf("isa=%s: %s of %d with NaN at %d is %g", kern.isa, op.name, n, place, got)
					}
				}
			}
		}
	}
}

// TestExtremesOfZeros: +0 is larger than -0.
func TestExtremesOfZeros(t *testing.T) {
	minusZero := float32(math.Copysign(0, -1))
	for _, kern := range supported() {
		for n := 2; n < 140; n++ {
			a := make([]float32, n)
			a[n/2] = minusZero
			if got := reduce(kern.vec.minOf, a, 1); !same(got, minusZero) {
				t.Errorf("isa=%s: least of %d zeros is %g, want -0", kern.isa, n, got)
			}
			for i := range a {
				a[i] = minusZero
			}
			a[n/2] = 0
			if got := reduce(kern.vec.maxOf, a, 1); !same(got, 0) {
				t.Errorf("isa=%s: largest of %d zeros is %g, want +0", kern.isa, n, got)
			}
		}
	}
}

// TestReduceNone reduces empty arrays, and arrays that hold only the neutral value.
func TestReduceNone(t *testing.T) {
	if Sum(nil) != 0 || MaxOf(nil) != -infinity || MinOf(nil) != infinity {
		t.Errorf("nothing: sum %g, largest %g, smallest %g", Sum(nil), MaxOf(nil), MinOf(nil))
	}
	for _, kern := range supported() {
		for _, op := range reduceOps {
			a := []float32{op.empty, op.empty, op.empty}
			if got := reduce(op.get(kern.vec), a, 1); got != op.empty {
				t.Errorf("isa=%s: %s of %g is %g", kern.isa, op.name, a, got)
			}
		}
	}
}
