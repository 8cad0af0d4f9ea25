package neighbours

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/simd"
)

// pair is one that Within found.
type pair struct {
	query    int
	train    int32
	distance float64
}

// found runs Within and sorts what it visits.
func found(t *testing.T, train, queries matrix.View, r Radii, o Options) []pair {
	t.Helper()
	var mu sync.Mutex
	var pairs []pair
	err := Within(t.Context(), train, queries, r, o, func(q int, row int32, d float64) {
		mu.Lock()
		defer mu.Unlock()
		pairs = append(pairs, pair{q, row, d})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		if a.query != b.query {
			return a.query - b.query
		}
		return int(a.train - b.train)
	})
	return pairs
}

// The pairs are those of comparing all in float64, for rows near zero and far from it, for
// all kernels and any blocks. Radii that are distances themselves include their pairs.
func TestWithin(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, far := range []float64{0, 100} {
		train, queries := randomView(rng, 300, 37, far), randomView(rng, 150, 37, far)
		copy(queries.Data[5*37:6*37], train.Data[7*37:8*37])
		r := Radii{make([]float64, 300), make([]float64, 150)}
		for j := range r.Train {
			r.Train[j] = byDefinition(train, queries, j, j%150)
		}
		for i := range r.Queries {
			r.Queries[i] = byDefinition(train, queries, 2*i, i)
		}
		for _, r := range []Radii{r, {Train: r.Train}, {Queries: r.Queries}, {}} {
			var want []pair
			for i := range queries.N {
				for j := range train.N {
					d := byDefinition(train, queries, j, i)
					if r.Train != nil && d <= r.Train[j] || r.Queries != nil && d <= r.Queries[i] {
						want = append(want, pair{i, int32(j), d})
					}
				}
			}
			for _, tile := range simd.MatrixTiles() {
				for _, o := range []Options{{}, {Threads: 3, Queries: 17, Rows: 33}, {MaxMemory: 1}} {
					o.tile = tile
					if got := found(t, train, queries, r, o); !slices.Equal(got, want) {
						t.Errorf("rows at %g, %v, %+v: %d pairs, want %d", far, tile.ISA(), o, len(got), len(want))
					}
				}
			}
		}
	}
}

// byDefinition is the distance of training row j and query i.
func byDefinition(train, queries matrix.View, j, i int) float64 {
	return math.Sqrt(distance64(queries.Row(i, nil), 1, train.Row(j, nil), 1))
}

// randomView has Gaussian rows around a point that far from zero.
func randomView(rng *rand.Rand, n, d int, far float64) matrix.View {
	x := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	for i := range x.Data {
		x.Data[i] = float32(rng.NormFloat64() + far)
	}
	return x
}

func TestWithinInfinite(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := randomView(rng, 20, 3, 0)
	radii := make([]float64, 20)
	for i := range radii {
		radii[i] = math.Inf(1)
	}
	if got := found(t, x, x, Radii{Queries: radii}, Options{}); len(got) != 400 {
		t.Errorf("%d pairs of 400", len(got))
	}
	if got := found(t, x, x, Radii{Train: make([]float64, 20)}, Options{}); len(got) != 20 {
		t.Errorf("%d pairs of a row with itself, want 20", len(got))
	}
}

func TestWithinErrors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := randomView(rng, 4, 3, 0)
	for want, c := range map[string]struct {
		queries matrix.View
		r       Radii
		o       Options
	}{
		"3 radii for 4 training rows":     {x, Radii{Train: make([]float64, 3)}, Options{}},
		"radius of query row 1 is -1":     {x, Radii{Queries: []float64{0, -1, 0, 0}}, Options{}},
		"radius of training row 0 is NaN": {x, Radii{Train: []float64{math.NaN(), 0, 0, 0}}, Options{}},
		"queries 2":                       {x.Cols(0, 2), Radii{}, Options{}},
		"negative":                        {x, Radii{}, Options{Threads: -1}},
		"Own must be nil":                 {x, Radii{}, Options{Own: []int32{0, 1, 2, 3}}},
		"MaxMemory = -1":                  {x, Radii{}, Options{MaxMemory: -1}},
	} {
		err := Within(t.Context(), x, c.queries, c.r, c.o, func(int, int32, float64) {})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
