package linear

import (
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval/linear/internal/vec"
)

// hessianOf is I + c·G with a fixed positive semidefinite G of order n.
func hessianOf(n int, c float64) [][]float64 {
	rng := rand.New(rand.NewPCG(5, 6))
	g, h := vec.Dense(n, n), vec.Dense(n, n)
	for i := range g {
		for j := range g[i] {
			g[i][j] = rng.NormFloat64()
		}
	}
	for i := range h {
		for j := range h {
			h[i][j] = c * vec.Dot(g[i], g[j])
		}
		h[i][i]++
	}
	return h
}

func times(h [][]float64, v []float64) []float64 {
	out := make([]float64, len(v))
	for i, row := range h {
		out[i] = vec.Dot(row, v)
	}
	return out
}

// Directions that are conjugate determine the inverse on all that they span, at
// the cost of their Hessian and, rescaled, at another one.
func TestPairsAreTheInverse(t *testing.T) {
	const n, m = 12, 5
	for _, cost := range []float64{0.5, 4} {
		rng := rand.New(rand.NewPCG(7, 8))
		h := hessianOf(n, 0.5)
		p := newPairs(1, n)
		var fresh []pair
		for range m {
			d := make([]float64, n)
			for j := range d {
				d[j] = rng.NormFloat64()
			}
			for range 2 { // twice is enough for float32
				hd := times(hessianOf(n, cost), d)
				for _, q := range fresh {
					b := vec.Dot(q.d, hd)
					vec.Axpy(-b*float64(1/vec.Dot(q.d, times(hessianOf(n, cost), widened(q.d)))), q.d, d)
				}
			}
			fresh = append(fresh, newPair(0.5, d, times(h, d)))
		}
		p.add(fresh...)
		p.scale(cost)
		for k, q := range p.kept {
			want := widened(q.d)
			got := times(hessianOf(n, cost), want)
			p.before(got)
			p.after(got)
			for j := range got {
				if math.Abs(got[j]-want[j]) > 1e-4*math.Sqrt(vec.Dot(want, want)) {
					t.Fatalf("cost %g, pair %d: H⁻¹·H·d is %v, want %v", cost, k, got, want)
				}
			}
		}
	}
}

func widened(v []float32) []float64 {
	w := make([]float64, len(v))
	for j, a := range v {
		w[j] = float64(a)
	}
	return w
}

// Only the newest are kept, and no more than the memory allows.
func TestPairsBounds(t *testing.T) {
	p := pairs{most: 2}
	for i := range 4 {
		p.add(newPair(float64(i), []float64{1}, []float64{1}))
	}
	if len(p.kept) != 2 || p.kept[0].cost != 2 || p.kept[1].cost != 3 {
		t.Errorf("kept %v, want the pairs of cost 2 and 3", p.kept)
	}
	if most := newPairs(60, 100_000).most; most*60*100_001*8 > pairsMemory || most < 1 {
		t.Errorf("%d pairs of 60 classes with 100,000 columns", most)
	}
	q := []float64{3}
	none := newPairs(1, 1<<30)
	none.add(newPair(1, []float64{1}, []float64{2}))
	none.before(q)
	if none.after(q); q[0] != 3 || len(none.kept) != 0 {
		t.Errorf("a problem too large to remember anything changed %v", q)
	}
}
