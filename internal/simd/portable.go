package simd

import "repbench/internal/npy"

// dotRow adds x·w[k] for the Width vectors of w, stored column by column
// (w[c*Width+k]), to out.
func dotRow[T Float](x []float32, w []T, out []float64) {
	var a0, a1, a2, a3, a4 T
	for c, v := range x {
		t := w[c*Width : c*Width+Width : c*Width+Width]
		f := T(v)
		a0 += f * t[0]
		a1 += f * t[1]
		a2 += f * t[2]
		a3 += f * t[3]
		a4 += f * t[4]
	}
	out[0] += float64(a0)
	out[1] += float64(a1)
	out[2] += float64(a2)
	out[3] += float64(a3)
	out[4] += float64(a4)
}

// accumulateColumns adds, for each column c in [lo, hi) and k < Width, the sum
// over the rows of s[i*stride+k]·rows[i][c] to g[k*gstride+c].
func accumulateColumns[T Float](rows [][]float32, lo, hi int, s []T, stride int, g []float64, gstride int) {
	for c := lo; c < hi; c++ {
		var a0, a1, a2, a3, a4 T
		for i, row := range rows {
			t := s[i*stride : i*stride+Width : i*stride+Width]
			f := T(row[c])
			a0 += f * t[0]
			a1 += f * t[1]
			a2 += f * t[2]
			a3 += f * t[3]
			a4 += f * t[4]
		}
		g[c] += float64(a0)
		g[gstride+c] += float64(a1)
		g[2*gstride+c] += float64(a2)
		g[3*gstride+c] += float64(a3)
		g[4*gstride+c] += float64(a4)
	}
}

// widenPortable converts float16 bits one by one.
func widenPortable(dst []float32, src []uint16) {
	for i, b := range src {
		dst[i] = npy.Float16ToFloat32(b)
	}
}
