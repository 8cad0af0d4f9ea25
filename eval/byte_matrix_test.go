package eval

import (
	"context"
	"math"
	"testing"

	"repbench/internal/memory"
	"repbench/internal/simd"
)

// TestBytePass compares a pass over bytes with sums in float64 over the rounded
// columns, for counts of rows, columns and vectors that fill no panel.
func TestBytePass(t *testing.T) {
	for _, size := range [][3]int{{5, 3, 1}, {130, 33, 3}, {700, 70, 11}} {
		n, d, k := size[0], size[1], size[2]
		p := blobs(n, d, 2, 1, 21)
		for _, tile := range simd.MatrixByteTiles() {
			m, err := newByteMatrix(context.Background(), new(memory.Arenas), tile, p.x, 2)
			if err != nil {
				t.Fatal(err)
			}
			w, out := dense(k, d+1), dense(k, d+1)
			for i := range w {
				for j := range w[i] {
					w[i][j] = math.Sin(float64(3*i + 7*j))
				}
			}
			err = m.pass(context.Background(), w, out, func(_, lo, rows int, z []float64, s []float32, stride int) {
				for i := range rows {
					for k := range k {
						s[i*stride+k] = float32(z[i*stride+k])
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			compareBytePass(t, m, w, out)
		}
	}
}

func compareBytePass(t *testing.T, m *byteMatrix, w, out [][]float64) {
	t.Helper()
	for k := range w {
		want := make([]float64, m.x.D+1)
		for i := range m.x.N {
			row := make([]float64, m.x.D+1)
			for j := range m.x.D {
				row[j] = float64(m.scale.lo[j]) + float64(m.scale.step[j])*float64(m.scale.round(j, m.x.at(i, j)))
			}
			row[m.x.D] = 1
			z := dot(row, w[k])
			for j, v := range row {
				want[j] += z * v
			}
		}
		norm := math.Sqrt(dot(want, want))
		for j, v := range out[k] {
			if math.Abs(v-want[j]) > 1e-3*norm {
				t.Fatalf("%d × %d, vector %d of %d, element %d: %g, want %g", m.x.N, m.x.D, k, len(w), j, v, want[j])
			}
		}
	}
}

// TestFitOnBytes: fits whose directions come from bytes end where others end, and
// also where a column has a value so far out that bytes do not see the rest of it.
func TestFitOnBytes(t *testing.T) {
	for _, far := range []float32{0, 3000} {
		p := blobs(900, 40, 3, 1, 22)
		p.x.Data[5] += far
		costs := []float64{1e-3, 1e-2}
		want, err := FitSVM(context.Background(), p.x, p.y, p.classes, SVMOptions{C: costs})
		if err != nil {
			t.Fatal(err)
		}
		for _, tile := range simd.MatrixByteTiles() {
			got, err := FitSVM(context.Background(), p.x, p.y, p.classes, SVMOptions{C: costs, tile: tile})
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range got {
				if !f.Converged || relative(f.Objective, want[i].Objective) > 1e-6 {
					t.Errorf("value %g, C = %g: converged %v, objective %v, want %v", far, f.C, f.Converged, f.Objective, want[i].Objective)
				}
			}
		}
	}
}

// TestBytesGivenUp: bytes are used as long as the curvature along the steps is what
// they gave, and not after a column has hidden most of its values from them.
func TestBytesGivenUp(t *testing.T) {
	for _, far := range []float32{0, 3000} {
		p := blobs(900, 40, 3, 1, 22)
		p.x.Data[5] += far
		o := SVMOptions{}.withDefaults()
		sweep, tiles := newSweeper(p.x, 2), simd.MatrixByteTiles()
		s := &newton{x: p.x, y: p.y, sweep: sweep, products: sweep, o: o, task: o.Progress.Start("test", 0, "passes"),
			sketch: newSketch(p.x, p.y, p.classes, 2, 0), classes: problems(0, p.classes, p.x), tile: tiles[len(tiles)-1]}
		if err := s.solve(context.Background(), 0, 1e-3); err != nil {
			t.Fatal(err)
		}
		if used, want := s.bytes != nil, far == 0; used != want {
			t.Errorf("value %g: bytes still used %v, want %v", far, used, want)
		}
	}
}
