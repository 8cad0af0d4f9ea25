package matmul

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/backends/cpu/internal/pool"
)

// Products side by side have the bits of products one after the other, and report each piece once.
func TestBatch(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, tile := range tiles() {
		for _, size := range [][4]int{{1, 5, 6, 7}, {9, 1, 1, 1}, {5, 197, 64, 197}, {6, 49, 32, 49}, {3, 300, 20, 1300}, {4, 33, 2500, 17}, {3, 7, 0, 5}} {
			n, rows, depth, cols := size[0], size[1], size[2], size[3]
			for _, turned := range []bool{false, true} {
				t.Run(fmt.Sprintf("%v/%v/turned=%t", tile.ISA(), size, turned), func(t *testing.T) {
					x, y := randomMatrix(rng, n*rows*depth), randomMatrix(rng, n*depth*cols)
					matrices := func(i int) (Matrix, Matrix) {
						a := Matrix{Data: x[i*rows*depth:], Rows: rows, Cols: depth, RowStride: max(depth, 1), ColStride: 1}
						b := Matrix{Data: y[i*depth*cols:], Rows: depth, Cols: cols, RowStride: cols, ColStride: 1}
						if turned {
							a.RowStride, a.ColStride, b.RowStride, b.ColStride = 1, rows, 1, max(depth, 1)
						}
						return a, b
					}
					threads := pool.New(2)
					defer threads.Close()
					m := New(threads, tile)
					want := make([]float32, n*rows*cols)
					for i := range n {
						a, b := matrices(i)
						m.Dense(want[i*rows*cols:], a, b)
					}
					got := make([]float32, n*rows*cols)
					var calls [][]int
					for range n {
						calls = append(calls, make([]int, rows*cols))
					}
					m.Batch(n, func(i int) ([]float32, Matrix, Matrix, func(row, end, col, cols int)) {
						a, b := matrices(i)
						return got[i*rows*cols:], a, b, func(row, end, col, some int) {
							for r := row; r < end; r++ {
								for c := col; c < col+some; c++ {
									calls[i][r*cols+c]++
								}
							}
						}
					})
					if !slices.Equal(got, want) {
						t.Error("other bits")
					}
					for i, list := range calls {
						if slices.Min(list) != 1 || slices.Max(list) != 1 {
							t.Errorf("product %d: values were reported %d to %d times", i, slices.Min(list), slices.Max(list))
						}
					}
				})
			}
		}
	}
}

func randomMatrix(rng *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = rng.Float32()*2 - 1
	}
	return x
}
