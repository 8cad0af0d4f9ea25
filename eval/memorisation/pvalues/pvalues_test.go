package pvalues

import (
	"math"
	"slices"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
)

// TestPValues compares with the definition, equal scores and infinite ones included.
func TestPValues(t *testing.T) {
	rng := oracle.Random(1)
	for range 50 {
		null, scores := oracle.Grid(rng, rng.IntN(30), 9), append(oracle.Grid(rng, 20, 9), math.Inf(1))
		for i, p := range PValues(null, scores) {
			atMost := 0
			for _, v := range null {
				if v <= scores[i] {
					atMost++
				}
			}
			if want := float64(1+atMost) / float64(len(null)+1); p != want {
				t.Fatalf("p of %v = %v, want %v", scores[i], p, want)
			}
		}
	}
	if p := PValues(nil, []float64{0}); p[0] != 1 {
		t.Errorf("p without a null = %v, want 1", p)
	}
}

// TestPValuesAreUniform: of scores from the null's own distribution a share of at most α has
// p ≤ α, and no less than the steps of 1/(n+1) make it.
func TestPValuesAreUniform(t *testing.T) {
	rng := oracle.Random(2)
	const draws, n = 4000, 99
	var p []float64
	for range draws {
		p = append(p, PValues(oracle.Normals(rng, n, 0), oracle.Normals(rng, 1, 0))...)
	}
	for _, alpha := range []float64{0.01, 0.05, 0.2, 0.5} {
		share := float64(Flagged(p, alpha)) / draws
		if spread := 3.5 * math.Sqrt(alpha*(1-alpha)/draws); math.Abs(share-alpha) > spread {
			t.Errorf("a share %.4f has p ≤ %v, expected within %.4f", share, alpha, spread)
		}
	}
}

func TestCombineTwo(t *testing.T) {
	if got, want := CombineTwo([]float64{0.01, 0.6, 0.3}, []float64{0.5, 0.7, 0.02}), []float64{0.02, 1, 0.04}; !slices.Equal(got, want) {
		t.Errorf("p = %v, want %v", got, want)
	}
}

// slowBH is the definition: the largest k for which k p-values are at most q·k/m.
func slowBH(p []float64, q float64) []int {
	for k := len(p); k > 0; k-- {
		limit := q * float64(k) / float64(len(p))
		if Flagged(p, limit) < k {
			continue
		}
		var selected []int
		for i, v := range p {
			if v <= limit {
				selected = append(selected, i)
			}
		}
		return selected
	}
	return nil
}

func TestBenjaminiHochberg(t *testing.T) {
	rng := oracle.Random(3)
	for range 300 {
		p := oracle.Grid(rng, rng.IntN(40), 50)
		for i := range p {
			p[i] = (p[i] + 0.02) * (p[i] + 0.02)
		}
		q := []float64{0.01, 0.05, 0.2, 1}[rng.IntN(4)]
		got := BenjaminiHochberg(p, q)
		for k := 1; k < len(got.Selected); k++ {
			if p[got.Selected[k-1]] > p[got.Selected[k]] {
				t.Fatalf("the selection %v does not ascend by %v", got.Selected, p)
			}
		}
		sorted := slices.Sorted(slices.Values(got.Selected))
		if want := slowBH(p, q); !slices.Equal(sorted, want) {
			t.Fatalf("BH of %v at %v selects %v, want %v", p, q, sorted, want)
		}
		if len(sorted) > 0 && got.Threshold != p[got.Selected[len(sorted)-1]] {
			t.Fatalf("threshold %v", got.Threshold)
		}
	}
}

// TestSmallestFindable: so many images with the smallest possible p are selected, one fewer are
// not.
func TestSmallestFindable(t *testing.T) {
	for _, c := range []struct {
		null, generated int
		q               float64
	}{{2000, 10000, 0.05}, {2000, 1500, 0.05}, {99, 100, 0.05}, {19, 40, 0.05}, {18, 40, 0.05}, {0, 7, 0.05}, {1, 7, 0.9}, {300, 200, 0.1}, {999, 1000, 0.3}} {
		selected := func(copies int) int {
			p := slices.Repeat([]float64{1}, c.generated)
			for i := range copies {
				p[i] = 1 / float64(c.null+1)
			}
			return len(BenjaminiHochberg(p, c.q).Selected)
		}
		k := SmallestFindable(c.null, c.generated, c.q)
		if k <= c.generated && selected(k) < k {
			t.Errorf("%+v: %d copies select %d", c, k, selected(k))
		}
		if k < 1 || selected(min(k-1, c.generated)) > 0 {
			t.Errorf("%+v: already %d copies are selected", c, k-1)
		}
	}
	// By hand: k = 100 of 10,000 at 0.05 need a null of 2,000 (1,999 would do).
	if k := SmallestFindable(2000, 10000, 0.05); k != 100 {
		t.Errorf("smallest findable %d, want 100", k)
	}
}
