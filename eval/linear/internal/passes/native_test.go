package passes

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
)

// sweepShapes are around the edges of blocks (32 rows), parts (128) and groups
// of vectors (5).
var sweepShapes = []struct{ n, d, k int }{{1, 1, 1}, {31, 7, 5}, {33, 64, 6}, {127, 3, 2}, {129, 65, 11}, {300, 20, 10}}

// alternating is 1 for even rows and -1 for odd ones.
func alternating(row int) float64 { return float64(1 - 2*(row%2)) }

func TestScores(t *testing.T) {
	for _, s := range sweepShapes {
		t.Run(fmt.Sprintf("n=%d/d=%d/k=%d", s.n, s.d, s.k), func(t *testing.T) {
			x := matrixtest.Blobs(s.n, s.d, 2, 1, 1).X
			w := matrixtest.Vectors(rand.New(rand.NewPCG(1, 1)), s.k, s.d+1)
			var mu sync.Mutex
			seen := make([]int, s.n)
			err := Scores[float64](context.Background(), NewNative(x, 3), w, func(lo, rows int, z []float64, stride int) {
				mu.Lock()
				defer mu.Unlock()
				for i := range rows {
					seen[lo+i]++
					for k := range w {
						if want := matrixtest.RowProduct(x, lo+i, w[k]); math.Abs(z[i*stride+k]-want) > 1e-12*float64(s.d+1) {
							t.Errorf("row %d vector %d: %v, want %v", lo+i, k, z[i*stride+k], want)
						}
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range seen {
				if n != 1 {
					t.Errorf("row %d visited %d times", i, n)
				}
			}
		})
	}
}

// TestFused compares Xᵀ(a∘Xw), a = ±1 by row, with plain loops.
func TestFused(t *testing.T) {
	t.Run("float32", func(t *testing.T) { fusedCase[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { fusedCase[float64](t, 1e-13) })
}

func fusedCase[T float32 | float64](t *testing.T, tolerance float64) {
	for _, s := range sweepShapes {
		x := matrixtest.Blobs(s.n, s.d, 2, 1, 2).X
		w := matrixtest.Vectors(rand.New(rand.NewPCG(2, 2)), s.k, s.d+1)
		got, want, scale := vec.Dense(s.k, s.d+1), vec.Dense(s.k, s.d+1), vec.Dense(s.k, s.d+1)
		got[0][0] = 1 // fused adds
		want[0][0] = 1
		err := fused(context.Background(), NewNative(x, 2), w, got, func(_, lo, rows int, z []float64, f []T, stride int) {
			for i := range rows {
				for k := range w {
					f[i*stride+k] = T(alternating(lo+i) * z[i*stride+k])
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.n {
			for k := range w {
				z := alternating(i) * matrixtest.RowProduct(x, i, w[k])
				for j := range s.d + 1 {
					v := 1.0
					if j < s.d {
						v = float64(x.At(i, j))
					}
					want[k][j] += z * v
					scale[k][j] += math.Abs(z * v)
				}
			}
		}
		for k := range want {
			for j, v := range want[k] {
				if math.Abs(got[k][j]-v) > tolerance*(1+scale[k][j]) {
					t.Errorf("n=%d d=%d k=%d: vector %d element %d: %v, want %v", s.n, s.d, s.k, k, j, got[k][j], v)
				}
			}
		}
	}
}

// TestCombine: combine equals fused with the same factors.
func TestCombine(t *testing.T) {
	for _, s := range sweepShapes {
		x := matrixtest.Blobs(s.n, s.d, 2, 1, 3).X
		factors := matrixtest.Vectors(rand.New(rand.NewPCG(3, 3)), s.k, s.n)
		a, b := vec.Dense(s.k, s.d+1), vec.Dense(s.k, s.d+1)
		if err := Combine[float64](context.Background(), NewNative(x, 2), factors, a); err != nil {
			t.Fatal(err)
		}
		err := fused(context.Background(), NewNative(x, 1), vec.Dense(s.k, s.d+1), b, func(_, lo, rows int, _, f []float64, stride int) {
			for i := range rows {
				for k := range factors {
					f[i*stride+k] = factors[k][lo+i]
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for k := range a {
			for j := range a[k] {
				if a[k][j] != b[k][j] {
					t.Fatalf("n=%d d=%d: vector %d element %d: %v and %v", s.n, s.d, k, j, a[k][j], b[k][j])
				}
			}
		}
	}
}

// TestSweepCancelled: a pass that is cancelled while it runs ends and says so.
func TestSweepCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	x := matrixtest.Blobs(1000, 5, 2, 1, 4).X
	err := fused(ctx, NewNative(x, 2), vec.Dense(1, 6), vec.Dense(1, 6), func(part, _, _ int, _, _ []float64, _ int) {
		if part == 1 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
