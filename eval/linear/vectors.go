package linear

import "repbench/internal/simd"

// dense returns an n×m matrix of zeros.
func dense(n, m int) [][]float64 {
	data := make([]float64, n*m)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = data[i*m : (i+1)*m : (i+1)*m]
	}
	return rows
}

func transposed(a [][]float64) [][]float64 {
	t := dense(len(a), len(a))
	for i, row := range a {
		for j, v := range row {
			t[j][i] = v
		}
	}
	return t
}

// zeroed returns n zeros, in b where they fit.
func zeroed[T simd.Float](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// grown returns n elements of the buffer, which it replaces if it is too short.
func grown[T any](buffer *[]T, n int) []T {
	if cap(*buffer) < n {
		*buffer = make([]T, n)
	}
	return (*buffer)[:n]
}

// dot returns Σ a_j·b_j, summed in float64 in four parts.
func dot[A, B float32 | float64](a []A, b []B) float64 {
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

// axpy adds a·x to y.
func axpy(a float64, x []float32, y []float64) {
	y = y[:len(x)]
	for j, v := range x {
		y[j] += a * float64(v)
	}
}

func scaleAll(v [][]float64, a float64) {
	for _, x := range v {
		for j := range x {
			x[j] *= a
		}
	}
}
