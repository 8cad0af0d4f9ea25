package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// softmaxError bounds the error for elements within 8 of the largest, whose difference is rounded
// by at most 2^-22: 4 ulp and the effect of that rounding.
const softmaxError = 4*0x1p-23 + 0x1p-21

func TestSoftmax(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, k := range supported() {
		for n := 1; n < 300; n++ {
			a, got := make([]float32, n), make([]float32, n+1)
			got[n] = 7
			for i := range a {
				a[i] = rng.Float32()*8 + float32(n%5)*10
			}
			softmax(k.vec, got[:n], a)
			sum := 0.0
			for _, x := range a {
				sum += math.Exp(float64(x))
			}
			for i, x := range a {
				if want := math.Exp(float64(x)) / sum; math.Abs(float64(got[i])-want) > softmaxError*want {
					t.Fatalf("isa=%s, %d elements: element %d is %g, want %g", k.isa, n, i, got[i], want)
				}
			}
			if got[n] != 7 {
				t.Fatalf("isa=%s, %d elements: written beyond the end", k.isa, n)
			}
			softmax(k.vec, a, a)
			for i := range a {
				if a[i] != got[i] {
					t.Fatalf("isa=%s, %d elements: other bits in place", k.isa, n)
				}
			}
		}
	}
}

func TestSoftmaxSpecial(t *testing.T) {
	inf, nan := infinity, float32(math.NaN())
	for _, k := range supported() {
		for _, tt := range []struct{ a, want []float32 }{
			{[]float32{0}, []float32{1}},
			{[]float32{-inf, 3, -inf}, []float32{0, 1, 0}},
			{[]float32{-200, 0, 200}, []float32{0, 0, 1}},
			{[]float32{-math.MaxFloat32, math.MaxFloat32}, []float32{0, 1}},
			{[]float32{nan, 1}, []float32{nan, nan}},
			{[]float32{inf, inf}, []float32{nan, nan}},
			{[]float32{-inf, -inf}, []float32{nan, nan}},
		} {
			got := make([]float32, len(tt.a))
			softmax(k.vec, got, tt.a)
			for i := range got {
				if !same(got[i], tt.want[i]) {
					t.Errorf("isa=%s: softmax of %v is %v, want %v", k.isa, tt.a, got, tt.want)
					break
				}
			}
		}
	}
}

func BenchmarkSoftmax(b *testing.B) {
	x, y := make([]float32, 197), make([]float32, 197)
	for i := range x {
		x[i] = float32(i % 17)
	}
	for b.Loop() {
		Softmax(y, x)
	}
}
