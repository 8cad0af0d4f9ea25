package simd

import (
	"math/rand/v2"
	"testing"
)

// TestSquares8: all instruction sets give the bits of the loop in plain Go, whose sums of small
// integers are those of integers.
func TestSquares8(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 8, 16, 128} {
		a, b := make([]float32, n), make([]float32, n)
		for _, whole := range []bool{true, false} {
			var exact [8]float64
			for i := range a {
				a[i], b[i] = float32(r.NormFloat64()), float32(r.NormFloat64())
				if whole {
					a[i], b[i] = float32(r.IntN(9)), float32(r.IntN(9))
				}
				d := 3*int(a[i]) - 2*int(b[i])
				exact[i%8] += float64(d * d)
			}
			f, g := 3.0, 2.0
			if !whole {
				f, g = 0.1, 0.3
			}
			var want [8]float64
			squares8(portable, &want, a, f, b, g)
			if whole && want != exact {
				t.Errorf("%d values: %v, want %v", n, want, exact)
			}
			for _, k := range supported() {
				got := [8]float64{1, 1}
				squares8(k, &got, a, f, b, g)
				if got != want {
					t.Errorf("%s, %d values: %v, want %v", k.isa, n, got, want)
				}
			}
		}
	}
}
