package memorisation

import (
	"testing"

	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/threesample"
)

// TestOrderOfImages: another order of the images gives the same scores in that order, and the same
// numbers.
func TestOrderOfImages(t *testing.T) {
	rng := oracle.Random(12)
	const n = 60
	near := nearest.Near{K: 2}
	for range n {
		d := rng.Float64()
		near.Rows = append(near.Rows, int32(rng.IntN(20)), int32(rng.IntN(20)))
		near.Distances = append(near.Distances, d, d+rng.Float64())
	}
	order := rng.Perm(n)
	turned := nearest.Near{K: 2}
	for _, i := range order {
		turned.Rows = append(turned.Rows, near.Rows[2*i:2*i+2]...)
		turned.Distances = append(turned.Distances, near.Of(i)...)
	}
	a, _ := nearest.Scores(nearest.Ratio, near, nearest.TrainNear{})
	b, _ := nearest.Scores(nearest.Ratio, turned, nearest.TrainNear{})
	null := oracle.Grid(rng, 40, 20)
	p, q := pvalues.PValues(null, a.Values), pvalues.PValues(null, b.Values)
	for k, i := range order {
		if a.Values[i] != b.Values[k] || p[i] != q[k] {
			t.Fatalf("image %d: %v, %v and %v, %v", i, a.Values[i], p[i], b.Values[k], q[k])
		}
	}
	if near.NEff() != turned.NEff() || pvalues.CopyRate(p, 0.05) != pvalues.CopyRate(q, 0.05) || len(pvalues.BenjaminiHochberg(p, 0.5).Selected) != len(pvalues.BenjaminiHochberg(q, 0.5).Selected) {
		t.Error("numbers depend on the order")
	}
	x, _ := threesample.CompareThreeSamples(near, turned)
	y, _ := threesample.CompareThreeSamples(turned, near)
	if x.U != y.U || x.U != n*n/2 {
		t.Errorf("U of a set against itself is %v and %v, want %v", x.U, y.U, n*n/2)
	}
}
