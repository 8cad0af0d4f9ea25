package simd

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// finishOps are the steps of each Finishing on a sum, by the kernels that do one step each.
var finishOps = [numFinishings]func(v *vectorOps, t []float32){
	FinishSum:  func(*vectorOps, []float32) {},
	FinishMore: func(*vectorOps, []float32) {},
	FinishRelu: func(v *vectorOps, t []float32) { binary(v.max, t, t, repeat(0, len(t))) },
	FinishRelu6: func(v *vectorOps, t []float32) {
		binary(v.max, t, t, repeat(0, len(t)))
		binary(v.min, t, t, repeat(6, len(t)))
	},
	FinishHardSwish: func(v *vectorOps, t []float32) {
		u := make([]float32, len(t))
		binary(v.mul, u, t, repeat(float32(1.0/6), len(t)))
		binary(v.addRelu, u, u, repeat(0.5, len(t)))
		binary(v.min, u, u, repeat(1, len(t)))
		binary(v.mul, t, t, u)
	},
	FinishSwish: func(v *vectorOps, t []float32) {
		u := make([]float32, len(t))
		unary(v.sigmoid, u, t)
		binary(v.mul, t, t, u)
	},
	FinishGelu: func(v *vectorOps, t []float32) {
		u := make([]float32, len(t))
		binary(v.div, u, t, repeat(float32(math.Sqrt2), len(t)))
		unary(v.erf, u, u)
		binary(v.add, u, u, repeat(1, len(t)))
		binary(v.mul, u, u, t)
		binary(v.mul, t, u, repeat(0.5, len(t)))
	},
	FinishMoreRelu: func(v *vectorOps, t []float32) { binary(v.max, t, t, repeat(0, len(t))) },
}

func repeat(x float32, n int) []float32 { return slices.Repeat([]float32{x}, n) }

// Finish gives the bits of one pass after the other and writes nothing beside its columns, in place
// too; the sums and functions agree with float64.
func TestFinish(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	special := specials()
	value := func() float32 {
		if r.IntN(8) == 0 {
			return special[r.IntN(len(special))]
		}
		return r.Float32()*16 - 8
	}
	for _, kern := range supported() {
		for f := range numFinishings {
			for _, cols := range []int{1, 2, 7, 8, 15, 16, 17, 24, 31, 32, 33, 40, 48, 63, 64, 95, 100} {
				for _, rows := range []int{1, 2, 5} {
					step := cols + r.IntN(2)*r.IntN(20)
					x, more, bias := make([]float32, rows*step), make([]float32, rows*step), make([]float32, cols)
					for _, a := range [][]float32{x, more, bias} {
						for i := range a {
							a[i] = value()
						}
					}
					compareFinish(t, kern.vec, fmt.Sprintf("isa=%s: function %d, %d rows of %d", kern.isa, f, rows, cols), f, x, bias, more, step, rows, cols)
				}
			}
		}
	}
}

func compareFinish(t *testing.T, v *vectorOps, name string, f Finishing, x, bias, more []float32, step, rows, cols int) {
	t.Helper()
	want := repeat(-7, len(x))
	for row := range rows {
		sum := want[row*step:][:cols]
		binary(v.add, sum, x[row*step:][:cols], bias)
		if f.More() {
			binary(v.add, sum, sum, more[row*step:][:cols])
		}
		finishOps[f](v, sum)
	}
	for _, inPlace := range []int{0, 1, 2} {
		dst, from, third := repeat(-7, len(x)), x, more
		switch inPlace {
		case 1:
			dst = slices.Clone(x)
			from = dst
		case 2:
			dst = slices.Clone(more)
			third = dst
		}
		finish(v, f, dst, from, bias, third, step, rows, cols)
		for i, got := range dst {
			w := want[i]
			if i%step >= cols {
				w = [][]float32{want, x, more}[inPlace][i]
			}
			if !same(got, w) {
				t.Fatalf("%s, in place %d: element %d is %g, want %g", name, inPlace, i, got, w)
			}
		}
	}
	for row := range rows {
		for c := range cols {
			i := row*step + c
			checkFinished(t, name, f, want[i], float64(x[i]), float64(bias[c]), float64(more[i]))
		}
	}
}

// checkFinished compares one element with float64, for values that leave no doubt.
func checkFinished(t *testing.T, name string, f Finishing, got float32, x, bias, more float64) {
	t.Helper()
	size := math.Abs(x) + math.Abs(bias)
	sum := x + bias
	if f.More() {
		size, sum = size+math.Abs(more), sum+more
	}
	if !(size < 1e6) {
		return
	}
	want := sum
	switch f {
	case FinishRelu, FinishMoreRelu:
		want = max(sum, 0)
	case FinishRelu6:
		want = min(max(sum, 0), 6)
	case FinishHardSwish:
		want = sum * min(max(sum/6+0.5, 0), 1)
	case FinishSwish:
		want = sum / (1 + math.Exp(-sum))
	case FinishGelu:
		want = sum / 2 * (1 + math.Erf(sum/math.Sqrt2))
	}
	if math.Abs(float64(got)-want) > 4e-7*(size+1)*(size+1) {
		t.Fatalf("%s: %g, %g and %g give %g, want %g", name, x, bias, more, got, want)
	}
}
