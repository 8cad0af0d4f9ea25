package memorisation

import (
	"math"
	"math/rand/v2"
	"repbench/features/matrix"
	"slices"
	"sort"
)

// set is one of the sets of golden/gan_metrics2 as float64 rows.
type set struct {
	n, d int
	x    []float64
}

func (s set) row(i int) []float64 { return s.x[i*s.d : (i+1)*s.d] }

func (s set) part(lo, hi int) set { return set{n: hi - lo, d: s.d, x: s.x[lo*s.d : hi*s.d]} }

func (s set) view() matrix.View {
	v := matrix.View{N: s.n, D: s.d}
	for _, x := range s.x {
		v.Data = append(v.Data, float32(x))
	}
	return v
}

// points draws rows of a normal distribution in d dimensions.
func points(rng *rand.Rand, n, d int, mean float64) set {
	return set{n: n, d: d, x: normals(rng, n*d, mean)}
}

func distance(x, y []float64) float64 {
	sum := 0.0
	for c, v := range x {
		sum += (v - y[c]) * (v - y[c])
	}
	return math.Sqrt(sum)
}

// nearestRows are the k nearest rows of each query by the definition: all distances, and the k smallest of them, equal ones by
// row. With self a row is not its own neighbour.
func nearestRows(queries, base set, k int, self bool) (nearest []int32, distances []float64) {
	for i := range queries.n {
		rows, d := make([]int32, 0, k+1), make([]float64, 0, k+1)
		for j := range base.n {
			if self && i == j {
				continue
			}
			v := distance(queries.row(i), base.row(j))
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
