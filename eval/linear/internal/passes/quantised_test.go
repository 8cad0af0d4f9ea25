package passes

import (
	"context"
	"fmt"
	"math"
	"testing"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// TestBytePass compares a pass over bytes with sums in float64 over the rounded
// columns, for counts of rows, columns and vectors that fill no panel. The factors of
// the rows are whole, from -127 on, which is what they are rounded to.
func TestBytePass(t *testing.T) {
	t.Run("float32", bytePassCase[float32])
	t.Run("float64", bytePassCase[float64])
}

func bytePassCase[T float32 | float64](t *testing.T) {
	for _, size := range [][3]int{{5, 3, 1}, {130, 33, 3}, {700, 70, 11}} {
		n, d, k := size[0], size[1], size[2]
		p := matrixtest.Blobs(n, d, 2, 1, 21)
		for _, tile := range simd.MatrixByteTiles() {
			m, err := NewQuantised(context.Background(), new(memory.Arenas).Take, tile, p.X, 2)
			if err != nil {
				t.Fatal(err)
			}
			w, out, z := vec.Dense(k, d+1), vec.Dense(k, d+1), vec.Dense(k, n)
			for i := range w {
				for j := range w[i] {
					w[i][j] = math.Sin(float64(3*i + 7*j))
				}
			}
			err = Pass(context.Background(), m, w, out, func(_, lo, rows int, scores []float64, s []T, stride int) {
				for i := range rows {
					for k := range k {
						z[k][lo+i] = scores[i*stride+k]
						s[i*stride+k] = T(byteFactor(lo+i, k))
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			compareBytePass(t, m, w, z, out)
		}
	}
}

// byteFactor is -127 in the first row of each block.
func byteFactor(i, k int) int { return (i%byteDepth*(2*k+1))%255 - 127 }

func compareBytePass(t *testing.T, m *Quantised, w, z, out [][]float64) {
	t.Helper()
	for k := range w {
		sums, scores := make([]float64, m.x.D+1), make([]float64, m.x.N)
		for i := range m.x.N {
			row := make([]float64, m.x.D+1)
			for j := range m.x.D {
				row[j] = float64(m.scale.Lo[j]) + float64(m.scale.Step[j])*float64(m.scale.Round(j, m.x.At(i, j)))
			}
			row[m.x.D] = 1
			scores[i] = vec.Dot(row, w[k])
			for j, v := range row {
				sums[j] += float64(byteFactor(i, k)) * v
			}
		}
		what := fmt.Sprintf("%d × %d, vector %d of %d", m.x.N, m.x.D, k, len(w))
		matrixtest.CompareVectors(t, what+", score", z[k], scores, 1e-4)
		matrixtest.CompareVectors(t, what+", sum", out[k], sums, 1e-5)
	}
}

// TestFixed: elements are rounded to the nearest step, the largest is exact, and
// those beyond the vector are zero.
func TestFixed(t *testing.T) {
	v := []float64{0.5, -3, 1e-9, 2.25, 2.999, 0}
	for _, width := range []int{1, 2} {
		f := newFixedPoint(8, 3, width)
		sum := f.set(1, v)
		var want float64
		for j := range 8 {
			at := j/4*4*width*3 + 4*width + j%4
			q := float64(f.bytes[at])
			if width == 2 {
				q = 256*q + float64(f.bytes[at+4])
			}
			var exact float64
			if j < len(v) {
				exact = v[j]
			}
			got := q * f.unit[1]
			if want += got; math.Abs(got-exact) > f.unit[1]/2*(1+1e-9) || j == 1 && got != -3 {
				t.Errorf("%d bytes, element %d: %g, want %g within %g", width, j, got, exact, f.unit[1]/2)
			}
		}
		if math.Abs(sum-want) > 1e-12 {
			t.Errorf("%d bytes: sum %g, want %g", width, sum, want)
		}
	}
}
