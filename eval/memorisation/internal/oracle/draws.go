package oracle

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Random is a stream of random numbers, equal for equal seeds.
func Random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 11)) }

// Grid draws n values of few levels, so that many are equal.
func Grid(rng *rand.Rand, n, levels int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(rng.IntN(levels)) / float64(levels)
	}
	return x
}

// Normals draws n values of a normal distribution with the spread 1.
func Normals(rng *rand.Rand, n int, mean float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + rng.NormFloat64()
	}
	return x
}

// Exact is the relative tolerance of golden values that were computed in float64.
const Exact = 1e-9

// Within fails if got differs from want by more than the relative tolerance.
func Within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(math.Abs(want), 1e-300)) && got != want {
		t.Errorf("%s = %.17g, want %.17g", what, got, want)
	}
}
