package memorisation

import "testing"

// TestOrderOfImages: another order of the images gives the same scores in that order, and the same
// numbers.
func TestOrderOfImages(t *testing.T) {
	rng := random(12)
	const n = 60
	near := Near{K: 2}
	for range n {
		d := rng.Float64()
		near.Rows = append(near.Rows, int32(rng.IntN(20)), int32(rng.IntN(20)))
		near.Distances = append(near.Distances, d, d+rng.Float64())
	}
	order := rng.Perm(n)
	turned := Near{K: 2}
	for _, i := range order {
		turned.Rows = append(turned.Rows, near.Rows[2*i:2*i+2]...)
		turned.Distances = append(turned.Distances, near.Of(i)...)
	}
	a, _ := Scores(Ratio, near, TrainNear{})
	b, _ := Scores(Ratio, turned, TrainNear{})
	null := grid(rng, 40, 20)
	p, q := PValues(null, a.Values), PValues(null, b.Values)
	for k, i := range order {
		if a.Values[i] != b.Values[k] || p[i] != q[k] {
			t.Fatalf("image %d: %v, %v and %v, %v", i, a.Values[i], p[i], b.Values[k], q[k])
		}
	}
	if near.NEff() != turned.NEff() || CopyRate(p, 0.05) != CopyRate(q, 0.05) || len(BenjaminiHochberg(p, 0.5).Selected) != len(BenjaminiHochberg(q, 0.5).Selected) {
		t.Error("numbers depend on the order")
	}
	x, _ := CompareThreeSamples(near, turned)
	y, _ := CompareThreeSamples(turned, near)
	if x.U != y.U || x.U != n*n/2 {
		t.Errorf("U of a set against itself is %v and %v, want %v", x.U, y.U, n*n/2)
	}
}
