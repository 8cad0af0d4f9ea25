package passes

import (
	"math"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// The ends of a column are exact steps, and every value is within half a step.
func TestColumnScales(t *testing.T) {
	const steps = 255
	x := matrixtest.Blobs(300, 7, 3, 1, 4).X
	weights := make([]float64, x.N)
	for i := range weights {
		weights[i] = 0.25 + float64(i%3)
	}
	for name, w := range map[string][]float64{"no weights": nil, "weights": weights} {
		for _, threads := range []int{0, 1, 3} {
			s := ColumnScales(x, w, steps, threads)
			for j := range x.D + 1 {
				lo, hi := math.Inf(1), math.Inf(-1)
				var values []float32
				for i := range x.N {
					root, v := float32(1), float32(1)
					if w != nil {
						root = float32(math.Sqrt(w[i]))
					}
					if j < x.D {
						v = x.At(i, j)
					}
					values = append(values, v*root)
					lo, hi = math.Min(lo, float64(v*root)), math.Max(hi, float64(v*root))
				}
				if float64(s.Lo[j]) != lo || math.Abs(float64(s.Step[j])*steps-(hi-lo)) > 1e-5*math.Abs(hi-lo) {
					t.Fatalf("%s, %d threads: column %d is from %g in steps of %g, want %g to %g", name, threads, j, s.Lo[j], s.Step[j], lo, hi)
				}
				for _, v := range values {
					back := float64(s.Lo[j]) + float64(s.Round(j, v))*float64(s.Step[j])
					if math.Abs(back-float64(v)) > 0.5001*float64(s.Step[j]) {
						t.Fatalf("%s: column %d: %g becomes %g in steps of %g", name, j, v, back, s.Step[j])
					}
				}
			}
		}
	}
}

// A column without a range has no steps, and its only value is rounded to the first.
func TestConstantColumn(t *testing.T) {
	x, err := matrix.New([]float32{3, 1, 3, 2, 3, 4}, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	s := ColumnScales(x, nil, 10, 1)
	if s.Lo[0] != 3 || s.Step[0] != 0 || s.Round(0, 3) != 0 {
		t.Errorf("a constant column is from %g in steps of %g", s.Lo[0], s.Step[0])
	}
	if s.Lo[1] != 1 || math.Abs(float64(s.Step[1])-0.3) > 1e-7 || s.Round(1, 4) != 10 || s.Round(1, 2) != 3 {
		t.Errorf("column 1 is from %g in steps of %g", s.Lo[1], s.Step[1])
	}
	if s.Lo[2] != 1 || s.Step[2] != 0 {
		t.Errorf("the constant feature is from %g in steps of %g", s.Lo[2], s.Step[2])
	}
}

// Vectors of zeros, of one element and of the smallest numbers are rounded without NaN.
func TestFixedPointEdges(t *testing.T) {
	for _, width := range []int{1, 2} {
		f := newFixedPoint(4, 1, width)
		for _, v := range [][]float64{nil, {0, 0, 0, 0}, {-7}, {7}, {1e-60, -1e-60}, {1e300, -1e300}, {1, 1, 1, 1}} {
			sum := f.set(0, v)
			want := 0.0
			for _, a := range v {
				want += a
			}
			largest := 0.0
			for _, a := range v {
				largest = math.Max(largest, math.Abs(a))
			}
			if math.IsNaN(sum) || math.Abs(sum-want) > float64(len(v))*largest/fixedRange[width] {
				t.Errorf("%d bytes: %v has the sum %g, want %g", width, v, sum, want)
			}
		}
	}
	// 127 steps on either side: the ends are whole steps
	f := newFixedPoint(4, 1, 1)
	if sum := f.set(0, []float64{127, -127, 64}); sum != 64 || f.unit[0] != 1 {
		t.Errorf("whole steps have the sum %g in units of %g", sum, f.unit[0])
	}
}
