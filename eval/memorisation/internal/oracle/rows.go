package oracle

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"repbench/features/matrix"
)

// Set is one of the sets of golden/gan_metrics2 as float64 rows.
type Set struct {
	// N is the number of rows, D the number of columns.
	N, D int
	// X are the values, row by row.
	X []float64
}

// Row is row i.
func (s Set) Row(i int) []float64 { return s.X[i*s.D : (i+1)*s.D] }

// Part are the rows lo to hi.
func (s Set) Part(lo, hi int) Set { return Set{N: hi - lo, D: s.D, X: s.X[lo*s.D : hi*s.D]} }

// View is the set in float32.
func (s Set) View() matrix.View {
	v := matrix.View{N: s.N, D: s.D}
	for _, x := range s.X {
		v.Data = append(v.Data, float32(x))
	}
	return v
}

// Points draws rows of a normal distribution in d dimensions.
func Points(rng *rand.Rand, n, d int, mean float64) Set {
	return Set{N: n, D: d, X: Normals(rng, n*d, mean)}
}

// Distance is the Euclidean distance of two rows.
func Distance(x, y []float64) float64 {
	sum := 0.0
	for c, v := range x {
		sum += (v - y[c]) * (v - y[c])
	}
	return math.Sqrt(sum)
}

// NearestRows are the k nearest rows of each query by the definition: all distances, and the k smallest of them, equal ones by
// row. With self a row is not its own neighbour.
func NearestRows(queries, base Set, k int, self bool) (nearest []int32, distances []float64) {
	for i := range queries.N {
		rows, d := make([]int32, 0, k+1), make([]float64, 0, k+1)
		for j := range base.N {
			if self && i == j {
				continue
			}
			v := Distance(queries.Row(i), base.Row(j))
			at := sort.Search(len(d), func(n int) bool { return d[n] > v })
			if at < k {
				rows, d = slices.Insert(rows, at, int32(j)), slices.Insert(d, at, v)
				rows, d = rows[:min(k, len(d))], d[:min(k, len(d))]
			}
		}
		nearest, distances = append(nearest, rows...), append(distances, d...)
	}
	return nearest, distances
}
