package simd

import "fmt"

// accumulateChunk is the number of columns after which Accumulate continues with the next group
// of accumulators: the rows of a call are then still in the second-level cache when the last
// group reads them.
const accumulateChunk = 512

// Accumulate adds combinations of rows to K accumulators of d float64:
//
//	g[k*d+c] += Σ_i s[i*stride+k] · rows[i][c],  stride = len(s)/len(rows)
//
// for all k < stride, a multiple of Width (the stride of a Panel). g has
// stride·d elements; each row has d elements or more, of which the first d are used.
// The sum over the rows of one call is computed in T. It panics on operands of other
// sizes.
func Accumulate[T Float](g []float64, d int, s []T, rows [][]float32) {
	accumulate(active, g, d, s, rows)
}

func accumulate[T Float](kern *kernels, g []float64, d int, s []T, rows [][]float32) {
	if len(rows) == 0 || d == 0 {
		return
	}
	stride := len(s) / len(rows)
	if stride*len(rows) != len(s) || stride%Width != 0 || len(g) != stride*d {
		panic(fmt.Sprintf("simd: %d factors for %d rows, %d sums of %d columns", len(s), len(rows), len(g), d))
	}
	checkRows(rows, d)
	o := opsOf[T](kern)
	whole := 0
	if o.accumulate != nil {
		whole = d - d%o.tile
	}
	for c := 0; c < whole; c += accumulateChunk {
		n := min(accumulateChunk, whole-c)
		for k := 0; k < stride; k += Width {
			o.accumulate(noescape(&rows[0]), len(rows), c, n, noescape(&s[k]), stride, noescape(&g[k*d+c]), d)
		}
	}
	if whole == d {
		return
	}
	for k := 0; k < stride; k += Width {
		accumulateColumns(rows, whole, d, s[k:], stride, g[k*d:], d)
	}
}

// Widen converts float16 bits to float32: dst[i] = src[i] for all i. It panics
// when dst is shorter than src.
func Widen(dst []float32, src []uint16) { widen(active, dst, src) }

func widen(kern *kernels, dst []float32, src []uint16) {
	dst = dst[:len(src)]
	whole := 0
	if kern.widen != nil && len(src) >= kern.widenStep {
		whole = len(src) - len(src)%kern.widenStep
		kern.widen(noescape(&dst[0]), noescape(&src[0]), whole)
	}
	widenPortable(dst[whole:], src[whole:])
}
