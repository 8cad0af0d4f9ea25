package matrixtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"repbench/features/matrix"
)

// Vectors draws k vectors of n elements that float32 holds exactly.
func Vectors(rng *rand.Rand, k, n int) [][]float64 {
	v := make([][]float64, k)
	for i := range v {
		v[i] = make([]float64, n)
		for j := range v[i] {
			v[i][j] = float64(float32(rng.NormFloat64()))
		}
	}
	return v
}

// RowProduct returns Σ_j x_ij·w_j + w_D in float64.
func RowProduct(m matrix.View, i int, w []float64) float64 {
	sum := w[m.D]
	for j := range m.D {
		sum += float64(m.At(i, j)) * w[j]
	}
	return sum
}

// CompareVectors fails the test where an element of got differs from the same element of
// want by more than the tolerance times the norm of want.
func CompareVectors(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	var square float64
	for _, v := range want {
		square += v * v
	}
	norm := math.Sqrt(square)
	for j, v := range got {
		if math.Abs(v-want[j]) > tolerance*norm {
			t.Fatalf("%s %d: %g, want %g", what, j, v, want[j])
		}
	}
}
