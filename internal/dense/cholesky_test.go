package dense

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPivotedCholesky: the factor of matrices of any rank, of columns in very different
// units, and of matrices with columns of zeros.
func TestPivotedCholesky(t *testing.T) {
	for _, n := range orders {
		for _, rank := range []int{1, n / 3, n - 1, n} {
			a := positive(n, max(rank, 1), 0)
			scaleSymmetric(a, positive(n, max(rank, 1), 0))
			l, again := a.Clone(), a.Clone()
			order, r := PivotedCholesky(l, max(rank, 1), 2)
			PivotedCholesky(again, max(rank, 1), 1)
			same(t, "threads", l, again, true)
			if r != max(rank, 1) {
				t.Errorf("n=%d: rank %d, want %d", n, r, max(rank, 1))
			}
			for i := range n {
				for j := range n {
					var sum float64
					for k := range min(r, i+1, j+1) {
						sum += l.At(i, k) * l.At(j, k)
					}
					want := a.At(order[i], order[j])
					unit := math.Sqrt(a.At(order[i], order[i]) * a.At(order[j], order[j]))
					if math.Abs(sum-want) > float64(n)*1e-13*unit {
						t.Fatalf("n=%d rank=%d: element (%d, %d) is %v, want %v", n, rank, i, j, sum, want)
					}
				}
			}
		}
	}
}

// scaleSymmetric sets a to b with row and column i in a unit of 10^(i%17−8).
func scaleSymmetric(a, b *Matrix) {
	for i := range a.Rows {
		for j := range a.Rows {
			a.Set(i, j, b.At(i, j)*math.Pow(10, float64(i%17+j%17-16)))
		}
	}
}

func TestPivotedCholeskyZero(t *testing.T) {
	if order, rank := PivotedCholesky(New(5, 5), 5, 1); rank != 0 || len(order) != 5 {
		t.Errorf("rank %d, order %v", rank, order)
	}
	a := New(3, 3)
	a.Set(1, 1, 4)
	if order, rank := PivotedCholesky(a, 3, 1); rank != 1 || order[0] != 1 || a.At(0, 0) != 2 {
		t.Errorf("rank %d, order %v, L %v", rank, order, a.At(0, 0))
	}
}

// TestCongruence compares Lᵀ·P·A·Pᵀ·L with its definition, for square and for narrow L.
func TestCongruence(t *testing.T) {
	for _, n := range []int{1, 2, 33, 447, 450} {
		for _, r := range []int{n, (n + 1) / 2} {
			a, l := positive(n, 3, 1), random(9, n, n)
			order := rand.New(rand.NewPCG(uint64(n), 0)).Perm(n)
			permuted := New(n, n)
			for i := range n {
				for j := range n {
					permuted.Set(i, j, a.At(order[i], order[j]))
				}
			}
			lower := Operand{M: l.Part(0, n, 0, r), Lower: true}
			half := New(n, r)
			Multiply(half, Operand{M: permuted}, lower, false, 1)
			want := New(r, r)
			Multiply(want, Operand{M: l.Part(0, n, 0, r), Lower: true, Transposed: true}, Operand{M: half}, false, 1)
			var first *Matrix
			for _, threads := range []int{1, 3} {
				b := a.Clone()
				got := Congruence(b, l, order, r, threads)
				if first == nil {
					first = got
				}
				same(t, "threads", got, first, true)
			}
			if d := largest(first, want, true); first.Rows != r || d > float64(n)*1e-12 {
				t.Errorf("n=%d r=%d: differs by %v", n, r, d)
			}
		}
	}
}
