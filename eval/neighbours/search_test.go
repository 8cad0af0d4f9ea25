package neighbours

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/npy"
	"repbench/internal/simd"
)

// bruteForce compares every pair in float64 and sorts all of them.
func bruteForce(train, queries matrix.View, k int, m Metric) []Neighbour {
	buf, buf2 := make([]float32, train.D), make([]float32, train.D)
	var out []Neighbour
	for i := range queries.N {
		q := queries.Row(i, buf)
		all := make([]ranked, train.N)
		for j := range all {
			x := train.Row(j, buf2)
			all[j] = ranked{m.value(q, dot64(q, q), x, dot64(x, x)), int32(j)}
		}
		slices.SortFunc(all, nearer)
		for _, a := range all[:k] {
			out = append(out, m.neighbour(a))
		}
	}
	return out
}

var metrics = []Metric{{Kind: Cosine}, {Kind: Dot}, {Kind: Dot, Normalise: true}, {Kind: Euclidean}, {Kind: Euclidean, Normalise: true}}

// distributions are kinds of features, among them those that float32 cannot
// tell apart.
var distributions = []struct {
	name string
	draw func(r *rand.Rand) func() float32
}{
	{"normal", func(r *rand.Rand) func() float32 { return func() float32 { return float32(r.NormFloat64()) } }},
	{"positive", func(r *rand.Rand) func() float32 { return func() float32 { return r.Float32() + 0.01 } }},
	{"nearly equal", func(r *rand.Rand) func() float32 { return func() float32 { return 1 + 1e-6*r.Float32() } }},
	{"many ties", func(r *rand.Rand) func() float32 { return func() float32 { return float32(1 + r.IntN(2)) } }},
	{"tiny", func(r *rand.Rand) func() float32 { return func() float32 { return 1e-22 * float32(r.NormFloat64()) } }},
	{"subnormal", func(r *rand.Rand) func() float32 { return func() float32 { return 1e-41 * (1 + r.Float32()) } }},
	{"huge", func(r *rand.Rand) func() float32 { return func() float32 { return 1e17 * float32(r.NormFloat64()) } }},
	{"far from the origin", func(r *rand.Rand) func() float32 { return func() float32 { return 1e4 + float32(r.NormFloat64()) } }},
}

func TestSearchEqualsBruteForce(t *testing.T) {
	for _, dist := range distributions {
		for _, metric := range metrics {
			t.Run(fmt.Sprintf("%s/%s normalise=%v", dist.name, metric.Kind, metric.Normalise), func(t *testing.T) {
				r := rand.New(rand.NewPCG(1, 2))
				draw := dist.draw(r)
				train, queries := matrixtest.Drawn(331, 19, draw), matrixtest.Drawn(31, 19, draw)
				copy(train.Data[300*19:320*19], train.Data[:20*19]) // duplicates
				copy(queries.Data[:19], train.Data[:19])            // and a query in training
				all := bruteForce(train, queries, train.N, metric)
				for _, k := range []int{1, 7, 331} {
					var want []Neighbour
					for i := range queries.N {
						want = append(want, all[i*train.N:][:k]...)
					}
					got, err := Search(context.Background(), train, queries, k, metric, Options{})
					if err != nil {
						t.Fatal(err)
					}
					same(t, got, want)
				}
			})
		}
	}
}

func same(t *testing.T, got, want []Neighbour) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d neighbours, want %d", len(got), len(want))
	}
	for i, g := range got {
		if g != want[i] {
			t.Fatalf("neighbour %d is %+v, want %+v", i, g, want[i])
		}
	}
}

// Random sizes across the edges of tiles, chunks and blocks; threads, blocks and
// instruction sets must not change a bit.
func TestSearchIsIndependentOfBlocks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	tiles := simd.MatrixTiles()
	for trial := range 60 {
		n, m, d := 1+r.IntN(400), 1+r.IntN(130), 1+r.IntN(40)
		if trial%10 == 0 {
			d = simd.MaxDepth - 1 + r.IntN(3)
		}
		draw := distributions[r.IntN(len(distributions))].draw(r)
		train, queries := matrixtest.Drawn(n, d, draw), matrixtest.Drawn(m, d, draw)
		k, metric := 1+r.IntN(min(n, 50)), metrics[r.IntN(len(metrics))]
		want := bruteForce(train, queries, k, metric)
		for range 2 {
			o := Options{Threads: 1 + r.IntN(5), Queries: r.IntN(150), Rows: r.IntN(300), tile: tiles[r.IntN(len(tiles))]}
			got, err := Search(context.Background(), train, queries, k, metric, o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("n=%d m=%d d=%d k=%d %+v %+v: differs from brute force", n, m, d, k, metric, o)
			}
		}
	}
}

// With small integers every sum is exact in float64, so that an oracle in
// integers, written another way, must give the same rows and values.
func TestSearchEqualsIntegers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	train := matrixtest.Drawn(500, 6, func() float32 { return float32(r.IntN(7) - 3) })
	queries := matrixtest.Drawn(40, 6, func() float32 { return float32(r.IntN(7) - 3) })
	for _, kind := range []Kind{Dot, Euclidean} {
		got, err := Search(context.Background(), train, queries, 25, Metric{Kind: kind}, Options{Rows: 50})
		if err != nil {
			t.Fatal(err)
		}
		for i := range queries.N {
			type pair struct{ key, row int } // the smaller key the nearer
			var all []pair
			for j := range train.N {
				key := 0
				for c := range 6 {
					q, x := int(queries.Data[i*6+c]), int(train.Data[j*6+c])
					if kind == Dot {
						key -= q * x
					} else {
						key += (q - x) * (q - x)
					}
				}
				all = append(all, pair{key, j})
			}
			slices.SortStableFunc(all, func(a, b pair) int { return a.key - b.key })
			for j, g := range got[i*25 : i*25+25] {
				want := -float64(all[j].key)
				if kind == Euclidean {
					want = -math.Sqrt(float64(all[j].key))
				}
				if int(g.Row) != all[j].row || g.Similarity != want || kind == Euclidean && g.Square != float64(all[j].key) {
					t.Fatalf("%s, query %d, neighbour %d: %+v, want row %d of %g", kind, i, j, g, all[j].row, want)
				}
			}
		}
	}
}

// Views of every kind are read alike: float16, a range of columns, an index.
func TestSearchViews(t *testing.T) {
	const n, d = 90, 11
	half := make([]uint16, n*d)
	wide := make([]float32, n*d)
	r := rand.New(rand.NewPCG(7, 8))
	for i := range half {
		half[i] = npy.Float32ToFloat16(float32(r.NormFloat64()))
		wide[i] = npy.Float16ToFloat32(half[i])
	}
	index := []int32{5, 80, 3, 3, 44, 17, 60}
	for name, view := range map[string]func(matrix.View) matrix.View{
		"whole":   func(m matrix.View) matrix.View { return m },
		"columns": func(m matrix.View) matrix.View { return m.Cols(2, 9) },
		"index":   func(m matrix.View) matrix.View { return m.Subset(index) },
		"both":    func(m matrix.View) matrix.View { return m.Cols(1, 4).Subset(index).Rows(1, 6) },
	} {
		t.Run(name, func(t *testing.T) {
			a, b := view(matrix.View{Half: half, N: n, D: d}), view(matrix.View{Data: wide, N: n, D: d})
			got, err := Search(context.Background(), a, a, 5, Metric{}, Options{Rows: 16})
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, bruteForce(b, b, 5, Metric{}))
		})
	}
}

// The proof of exactness rests on the bound: no score of the kernels may be off
// by more, for whatever features.
func TestBoundHolds(t *testing.T) {
	for _, d := range []int{1, 33, simd.MaxDepth, simd.MaxDepth + 1, 1100} {
		for _, dist := range distributions {
			r := rand.New(rand.NewPCG(9, uint64(d)))
			draw := dist.draw(r)
			train, queries := matrixtest.Drawn(40, d, draw), matrixtest.Drawn(17, d, draw)
			for _, tile := range simd.MatrixTiles() {
				q, b := newQueryBlock(tile, 17, d), newTrainBlock(tile, 40, d, 1)
				q.pack(queries, 1)
				b.pack(train, 1)
				sums := make([]float32, q.tiles*tile.Rows*b.width())
				multiply(sums, rowOffsets(tile.Rows, b.width()), q, b, 0, q.tiles)
				for _, metric := range metrics {
					name := fmt.Sprintf("%s d=%d %s %s normalise=%v", dist.name, d, tile.ISA(), metric.Kind, metric.Normalise)
					checkBound(t, name, metric, train, queries, sums, b.width())
				}
			}
		}
	}
}

func checkBound(t *testing.T, name string, metric Metric, train, queries matrix.View, sums []float32, width int) {
	t.Helper()
	d := train.D
	b, cols := newBound(metric, d), newColumns(train.N)
	for j := range train.N {
		x := train.Data[j*d:][:d]
		cols.set(j, b, dot64(x, x))
	}
	for i := range queries.N {
		q := queries.Data[i*d:][:d]
		qq := dot64(q, q)
		e, h := b.query(qq)
		for j := range train.N {
			x := train.Data[j*d:][:d]
			score := float64(sums[i*width+j])*cols.a[j] + cols.b[j]
			err := e*cols.f[j] + cols.g[j] + h
			v := metric.value(q, qq, x, dot64(x, x))
			want := v
			switch {
			case metric.Unit() && metric.Kind == Euclidean:
				want = math.Sqrt(qq) * (1 + v/2)
			case metric.Unit():
				want = math.Sqrt(qq) * v
			case metric.Kind == Euclidean:
				want = (qq + v) / 2
			}
			if !(math.Abs(score-want) <= err) {
				t.Fatalf("%s: score %g of a true %g, bound %g", name, score, want, err)
			}
			if f := b.floor(v, qq); f > want || want-f > err+1e-9*math.Abs(want) {
				t.Fatalf("%s: floor %g for %g", name, f, want)
			}
		}
	}
}

func TestSearchErrors(t *testing.T) {
	ok := func() matrix.View { return matrixtest.Drawn(4, 3, func() float32 { return 1 }) }
	with := func(i int, v float32) matrix.View { m := ok(); m.Data[i] = v; return m }
	zero := ok()
	clear(zero.Data[3:6])
	for _, tt := range []struct {
		name           string
		train, queries matrix.View
		k              int
		metric         Metric
		want           error
	}{
		{"NaN in training", with(7, float32(math.NaN())), ok(), 1, Metric{}, matrix.ErrNotFinite},
		{"infinite query", ok(), with(1, float32(math.Inf(-1))), 1, Metric{Kind: Dot}, matrix.ErrNotFinite},
		{"too large", with(0, 1e19), ok(), 1, Metric{Kind: Euclidean}, matrix.ErrNotFinite},
		{"zero row under cosine", zero, ok(), 1, Metric{}, ErrZeroRow},
		{"zero query normalised", ok(), zero, 1, Metric{Kind: Dot, Normalise: true}, ErrZeroRow},
		{"k above N", ok(), ok(), 5, Metric{}, ErrK},
		{"k of zero", ok(), ok(), 0, Metric{}, ErrK},
		{"negative k", ok(), ok(), -1, Metric{}, ErrK},
		{"negative rows", ok(), matrix.View{N: -1, D: 3}, 1, Metric{}, matrix.ErrShape},
		{"two storages", matrix.View{Data: make([]float32, 6), Half: make([]uint16, 6), N: 2, D: 3}, ok(), 1, Metric{}, matrix.ErrShape},
		{"other width", ok(), ok().Cols(0, 2), 1, Metric{}, matrix.ErrShape},
		{"no rows", ok().Rows(0, 0), ok(), 1, Metric{}, matrix.ErrShape},
		{"short storage", matrix.View{Data: make([]float32, 5), N: 2, D: 3}, ok(), 1, Metric{}, matrix.ErrShape},
		{"index outside", matrix.View{Data: make([]float32, 6), N: 1, D: 3, Index: []int32{2}}, ok(), 1, Metric{}, matrix.ErrShape},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Search(context.Background(), tt.train, tt.queries, tt.k, tt.metric, Options{}); !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	// A row of zeros has a distance and an inner product.
	for _, m := range []Metric{{Kind: Dot}, {Kind: Euclidean}} {
		if _, err := Search(context.Background(), zero, zero, 2, m, Options{}); err != nil {
			t.Errorf("%s: %v", m.Kind, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Search(ctx, ok(), ok(), 1, Metric{}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if _, err := Search(context.Background(), ok(), ok(), 1, Metric{}, Options{Rows: -1}); err == nil {
		t.Error("negative Rows passed")
	}
}

func TestKthLargest(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 300 {
		x := make([]float64, 1+r.IntN(40))
		for i := range x {
			x[i] = float64(r.IntN(12))
		}
		sorted := slices.Sorted(slices.Values(x))
		k := 1 + r.IntN(len(x))
		if got, want := kthLargest(x, k), sorted[len(sorted)-k]; got != want {
			t.Fatalf("%d-th largest of %v is %g, want %g", k, sorted, got, want)
		}
	}
}

// A query that is itself a training row leaves out itself, and no other row with the same features.
func TestSearchLeavesOutOwn(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	train := matrixtest.Drawn(300, 7, func() float32 { return float32(1 + r.IntN(2)) })
	own := make([]int32, train.N)
	for i := range own {
		own[i] = int32(i)
	}
	own[5] = -1
	for _, metric := range metrics {
		all := bruteForce(train, train, train.N, metric)
		for _, k := range []int{1, 40, train.N - 1} {
			got, err := Search(context.Background(), train, train, k, metric, Options{Own: own, Rows: 77})
			if err != nil {
				t.Fatal(err)
			}
			for i := range train.N {
				want := slices.Clone(all[i*train.N:][:train.N])
				want = slices.DeleteFunc(want, func(n Neighbour) bool { return n.Row == own[i] })
				same(t, got[i*k:][:k], want[:k])
			}
		}
	}
	if _, err := Search(context.Background(), train, train, train.N, Metric{}, Options{Own: own}); !errors.Is(err, ErrK) {
		t.Errorf("k = n with rows left out: error %v", err)
	}
	own[3] = 300
	if _, err := Search(context.Background(), train, train, 1, Metric{}, Options{Own: own}); !errors.Is(err, matrix.ErrShape) {
		t.Errorf("a row that is not there: error %v", err)
	}
}
