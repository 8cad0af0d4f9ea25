package cholesky

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
)

// The orders are around the block of the factor (64), the rows of a block (32)
// and the unknowns that the solver finds at once (512).
var choleskyOrders = []int{1, 2, 31, 64, 65, 130, 512, 577, 1100}

// factorTolerance is for a factor in float32 of matrices with a condition number
// near 10: about n·2^-24.
const factorTolerance = 1e-4

// spd returns X·Xᵀ + c of rows of n/4+1 random features, plus shift·I.
func spd(n int, c, shift float64, threads int) *Square {
	a := NewSquare(n)
	a.Gram(matrixtest.Blobs(n, n/4+1, 2, 1, uint64(n)).X, c, threads)
	return a.shifted(shift)
}

func TestGram(t *testing.T) {
	for _, n := range choleskyOrders[:6] {
		x := matrixtest.Blobs(n, n/4+1, 2, 1, uint64(n)).X
		a := spd(n, 1, 0, 2)
		for i := range n {
			for j := range i + 1 {
				want := 1.0
				for k := range x.D {
					want += float64(x.At(i, k)) * float64(x.At(j, k))
				}
				if got := float64(a.A[i*n+j]); matrixtest.Relative(got, want) > 1e-6 {
					t.Fatalf("n=%d (%d, %d): %v, want %v", n, i, j, got, want)
				}
			}
		}
	}
}

func TestCholeskySolve(t *testing.T) {
	for _, n := range choleskyOrders {
		for _, k := range []int{1, 5, 11} {
			t.Run(fmt.Sprintf("n=%d/k=%d", n, k), func(t *testing.T) {
				shift := 10 * float64(n) // of the order of the largest eigenvalue
				a := spd(n, 0, shift, 2)
				full := append([]float32(nil), a.A...)
				want := matrixtest.Vectors(rand.New(rand.NewPCG(5, 5)), k, n)
				u := vec.Dense(k, n)
				for v := range want {
					for i := range n {
						for j := range n {
							u[v][i] += float64(full[max(i, j)*n+min(i, j)]) * want[v][j]
						}
					}
				}
				f, err := New(a, 2)
				if err != nil {
					t.Fatal(err)
				}
				f.Solve(u)
				for v := range want {
					for i := range want[v] {
						if math.Abs(u[v][i]-want[v][i]) > factorTolerance {
							t.Fatalf("vector %d element %d: %v, want %v", v, i, u[v][i], want[v][i])
						}
					}
				}
			})
		}
	}
}

// TestCholeskyThreads: the factor has the same bits for any number of threads.
func TestCholeskyThreads(t *testing.T) {
	var first []float32
	for _, threads := range []int{1, 2, 5} {
		a := spd(200, 1, 10, threads)
		if _, err := New(a, threads); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = a.A
		}
		for i, v := range a.A {
			if v != first[i] {
				t.Fatalf("%d threads: element %d is %v, with one %v", threads, i, v, first[i])
			}
		}
	}
}

func TestCholeskyRefuses(t *testing.T) {
	for _, n := range []int{1, 70} {
		a := spd(n, 0, 10*float64(n), 1)
		a.A[(n-1)*n+n-1] = -1
		if _, err := New(a, 1); !errors.Is(err, errPivot) {
			t.Errorf("n=%d: got %v, want %v", n, err, errPivot)
		}
	}
}
