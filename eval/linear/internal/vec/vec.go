// Package vec holds what the solver does with dense vectors.
package vec

import "repbench/internal/simd"

// Dense returns an n×m matrix of zeros.
func Dense(n, m int) [][]float64 {
	data := make([]float64, n*m)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = data[i*m : (i+1)*m : (i+1)*m]
	}
	return rows
}

// Transposed returns the transpose of a square matrix.
func Transposed(a [][]float64) [][]float64 {
	t := Dense(len(a), len(a))
	for i, row := range a {
		for j, v := range row {
			t[j][i] = v
		}
	}
	return t
}

// Zeroed returns n zeros, in b where they fit.
func Zeroed[T simd.Float](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// Grown returns n elements of the buffer, which it replaces if it is too short.
func Grown[T any](buffer *[]T, n int) []T {
	if cap(*buffer) < n {
		*buffer = make([]T, n)
	}
	return (*buffer)[:n]
}

// Dot returns Σ a_j·b_j, summed in float64 in four parts.
func Dot[A, B float32 | float64](a []A, b []B) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	j := 0
	for ; j+4 <= len(a); j += 4 {
		s0 += float64(a[j]) * float64(b[j])
		s1 += float64(a[j+1]) * float64(b[j+1])
		s2 += float64(a[j+2]) * float64(b[j+2])
		s3 += float64(a[j+3]) * float64(b[j+3])
	}
	for ; j < len(a); j++ {
		s0 += float64(a[j]) * float64(b[j])
	}
	return s0 + s1 + s2 + s3
}

// Axpy adds a·x to y.
func Axpy(a float64, x []float32, y []float64) {
	y = y[:len(x)]
	for j, v := range x {
		y[j] += a * float64(v)
	}
}

// ScaleAll multiplies the vectors by a.
func ScaleAll(v [][]float64, a float64) {
	for _, x := range v {
		for j := range x {
			x[j] *= a
		}
	}
}
