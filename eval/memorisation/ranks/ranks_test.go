package ranks

import (
	"math"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
)

func TestMannWhitney(t *testing.T) {
	rng := oracle.Random(6)
	for range 100 {
		x, y := oracle.Grid(rng, 1+rng.IntN(20), 7), oracle.Grid(rng, 1+rng.IntN(20), 7)
		want := 0.0
		for _, a := range x {
			for _, b := range y {
				if a > b {
					want++
				} else if a == b {
					want += 0.5
				}
			}
		}
		count := map[float64]float64{}
		for _, v := range append(append([]float64{}, x...), y...) {
			count[v]++
		}
		ties := 0.0
		for _, c := range count {
			ties += c*c*c - c
		}
		if u, got := mannWhitney(x, y); u != want || got != ties {
			t.Fatalf("U = %v, ties %v, want %v, %v", u, got, want, ties)
		}
		if a := AUC(y, x); math.Abs(a-want/float64(len(x)*len(y))) > 1e-15 {
			t.Fatalf("AUC %v", a)
		}
	}
}
