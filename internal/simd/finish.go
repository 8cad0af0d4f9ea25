package simd

import (
	"fmt"
	"math"
	"unsafe"
)

// Finishing is what Finish computes from the sum t of a value, the bias of its column, and where
// the name says so another value.
type Finishing int

// The functions that follow a convolution or product in networks.
const (
	FinishSum       Finishing = iota // t
	FinishRelu                       // max(t, 0)
	FinishRelu6                      // min(max(t, 0), 6)
	FinishHardSwish                  // t·min(max(t/6 + ½, 0), 1)
	FinishSwish                      // t times Sigmoid of t
	FinishGelu                       // (erf(t/√2) + 1)·t·½
	FinishMore                       // t, of three values
	FinishMoreRelu                   // max(t, 0), of three values
	numFinishings
)

// More reports whether the sum has a third value.
func (f Finishing) More() bool { return f >= FinishMore }

// finishKernel finishes rows of n values; see Finish.
type finishKernel func(dst, x, bias, more *float32, step, rows, n int)

// Finish sets, for r < rows and c < cols, with i = r·step + c,
//
//	dst[i] = f(x[i] + bias[c])    or, if f.More(),    f((x[i] + bias[c]) + more[i])
//
// with the bits that Add, AddRelu, Mul, Min, Div, Sigmoid and Erf give one after the other. dst may be x or
// more.
func Finish(f Finishing, dst, x, bias, more []float32, step, rows, cols int) {
	finish(active.vec, f, dst, x, bias, more, step, rows, cols)
}

func finish(v *vectorOps, f Finishing, dst, x, bias, more []float32, step, rows, cols int) {
	if rows < 1 || cols < 1 {
		return
	}
	last := (rows-1)*step + cols - 1
	if !f.More() {
		more = x
	}
	if step < cols || last >= len(dst) || last >= len(x) || last >= len(more) || cols > len(bias) {
		panic(fmt.Sprintf("simd: Finish: %d rows of %d values, %d apart, in %d, %d, %d and %d values", rows, cols, step, len(dst), len(x), len(bias), len(more)))
	}
	v.finish[f](noescape(&dst[0]), noescape(&x[0]), noescape(&bias[0]), noescape(&more[0]), step, rows, cols)
}

// finishLoop makes a kernel of Finish in plain Go.
func finishLoop(three bool, f func(t float32) float32) finishKernel {
	return func(dst, x, bias, more *float32, step, rows, n int) {
		size := (rows-1)*step + n
		d, xs, b, ms := unsafe.Slice(dst, size), unsafe.Slice(x, size), unsafe.Slice(bias, n), unsafe.Slice(more, size)
		for at := 0; at < size; at += step {
			for c := range n {
				t := xs[at+c] + b[c]
				if three {
					t += ms[at+c]
				}
				d[at+c] = f(t)
			}
		}
	}
}

func gelu(t float32) float32 {
	erf := float32(math.Erf(float64(t / float32(math.Sqrt2))))
	return float32((erf+1)*t) * 0.5
}

func hardSwish(t float32) float32 {
	u := float32(t*float32(1.0/6)) + 0.5
	return t * min(max(u, 0), 1)
}
