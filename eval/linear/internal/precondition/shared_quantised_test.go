package precondition

import (
	"context"
	"math"
	"testing"

	"repbench/eval/linear/internal/cholesky"
	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/simd"
)

// TestGrams compares both sums with float64, on columns that are signed, far from
// zero, constant and zero, and row counts that do not fill a group: floats to their
// precision, bytes to what half a step in each factor can amount to.
func TestGrams(t *testing.T) {
	ctx := context.Background()
	for _, size := range [][2]int{{1, 1}, {7, 6}, {250, 30}, {403, 31}, {2051, 62}, {900, 63}} {
		p := matrixtest.Blobs(max(2, size[0]), size[1], 2, 1, 9)
		x, weights := p.X.Rows(0, size[0]), make([]float64, size[0])
		for i := range weights {
			weights[i] = float64(1+i%10) / 10
			row := x.Data[i*x.D : (i+1)*x.D]
			row[0] += 100
			if x.D > 3 {
				row[2], row[3] = 5, 0
			}
		}
		scale := passes.ColumnScales(x, weights, simd.MaxByte, 1)
		want, slack := vec.Dense(x.D+1, x.D+1), vec.Dense(x.D+1, x.D+1)
		for i := range x.N {
			v := append(append([]float32(nil), x.Data[i*x.D:(i+1)*x.D]...), 1)
			root := math.Sqrt(weights[i])
			for j := range v {
				for k := range j + 1 {
					a, b := float64(v[j])*root, float64(v[k])*root
					s, u := float64(scale.Step[j])/2, float64(scale.Step[k])/2
					want[j][k] += a * b
					slack[j][k] += math.Abs(a)*u + math.Abs(b)*s + s*u
				}
			}
		}
		for _, tile := range simd.MatrixTiles() {
			g, err := gramOfFloats(ctx, tile, x, weights, 2)
			if err != nil {
				t.Fatal(err)
			}
			compareGrams(t, "floats, "+tile.ISA().String(), g, want, nil)
		}
		for _, tile := range simd.MatrixByteTiles() {
			g, err := gramOfBytes(ctx, tile, x, weights, 2)
			if err != nil {
				t.Fatal(err)
			}
			compareGrams(t, "bytes", g, want, slack)
		}
	}
}

// compareGrams allows for the rounding of float32 beyond the slack, if any, and
// wants all beyond the constant feature to be zero.
func compareGrams(t *testing.T, name string, g *cholesky.Square, want, slack [][]float64) {
	t.Helper()
	for j := range g.N {
		for k, v := range g.Row(j, 0, j+1) {
			var w, s float64
			if j < len(want) {
				w, s = want[j][k], 1e-5*math.Sqrt(want[j][j]*want[k][k])
				if slack != nil {
					s += slack[j][k]
				}
			}
			if math.Abs(float64(v)-w) > s {
				t.Fatalf("%s, order %d: [%d,%d] is %g, want %g within %.1e", name, len(want), j, k, v, w, s)
			}
		}
	}
}

// TestGramsGiveBack: of a streamed matrix all rows that were read are given back.
func TestGramsGiveBack(t *testing.T) {
	p := matrixtest.Blobs(2100, 5, 2, 1, 13)
	given := make([]bool, len(p.X.Data))
	p.X.Release = func(lo, hi int) {
		for i := lo; i < hi; i++ {
			given[i] = true
		}
	}
	weights := make([]float64, p.X.N)
	for i := range weights {
		weights[i] = 1
	}
	for name, gram := range map[string]func() (*cholesky.Square, error){
		"floats": func() (*cholesky.Square, error) {
			return gramOfFloats(context.Background(), simd.MatrixTile(), p.X, weights, 1)
		},
		"bytes": func() (*cholesky.Square, error) {
			return gramOfBytes(context.Background(), simd.MatrixByteTiles()[0], p.X, weights, 1)
		},
	} {
		clear(given)
		if _, err := gram(); err != nil {
			t.Fatal(err)
		}
		for i, g := range given {
			if !g {
				t.Fatalf("%s: element %d was not given back", name, i)
			}
		}
	}
}
