package linear

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
)

// TestLineSearch: at the step found, the slope is gone, or no step of a fine
// grid around it does better.
func TestLineSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 11))
	for _, c := range []float64{1e-6, 1, 1e4} {
		for range 20 {
			p := matrixtest.Blobs(60, 3, 2, 1, rng.Uint64())
			s := &newton{x: p.X, y: p.Y, c: c}
			b := problems(0, 1, p.X)[0]
			for j := range b.w {
				b.w[j] = rng.NormFloat64()
			}
			var slope float64
			for i := range b.z {
				b.z[i] = matrixtest.RowProduct(p.X, i, b.w)
			}
			for j := range b.step {
				b.step[j] = rng.NormFloat64()
			}
			for i := range b.zstep {
				b.zstep[i] = matrixtest.RowProduct(p.X, i, b.step)
			}
			var ws, ss float64
			for j := range b.w {
				ws += b.w[j] * b.step[j]
				ss += b.step[j] * b.step[j]
			}
			if slope, _ = s.slope(b, 0, ws, ss); slope > 0 { // go downhill
				ws = -ws
				for j := range b.step {
					b.step[j] = -b.step[j]
				}
				for i := range b.zstep {
					b.zstep[i] = -b.zstep[i]
				}
			}
			at := s.lineSearch(b, 0)
			end, _ := s.slope(b, at, ws, ss)
			if math.Abs(end) > 1e-6*math.Abs(slope) {
				t.Errorf("C=%g: slope %g at step %g, %g at 0", c, end, at, slope)
			}
			f := func(t float64) float64 { return lineObjective(s, b, t) }
			for _, factor := range []float64{0, 0.5, 0.99, 1.01, 2} {
				if f(at*factor) < f(at)*(1-1e-12) {
					t.Errorf("C=%g: %g at step %g, %g at %g times that", c, f(at), at, f(at*factor), factor)
				}
			}
		}
	}
}

// lineObjective is f(w + t·step) by definition.
func lineObjective(s *newton, b *binary, t float64) float64 {
	var f float64
	for j, w := range b.w {
		v := w + t*b.step[j]
		f += v * v / 2
	}
	for i, z := range b.z {
		h := math.Max(0, 1-sign(s.y[i] == b.class)*(z+t*b.zstep[i]))
		f += s.c * h * h
	}
	return f
}

func TestLineSearchZeroStep(t *testing.T) {
	p := matrixtest.Blobs(10, 2, 2, 1, 12)
	s := &newton{x: p.X, y: p.Y, c: 1}
	if at := s.lineSearch(problems(0, 1, p.X)[0], 0); at != 1 {
		t.Errorf("step %g along nothing, want the first guess 1", at)
	}
}

// TestLineSearchNearlyRightProducts: near the minimum products with the step that are
// a hundredth off lead nowhere, unless the slope at the start is known.
func TestLineSearchNearlyRightProducts(t *testing.T) {
	p := matrixtest.Blobs(400, 20, 2, 1, 13)
	fits, err := FitSVM(context.Background(), p.X, p.Y, 2, Options{C: []float64{1}, Tolerance: 1e-10})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(14, 14))
	s := &newton{x: p.X, y: p.Y, c: 1}
	b := problems(0, 1, p.X)[0]
	copy(b.w, fits[0].Model.weights(0))
	b.w[p.X.D] = fits[0].Model.B[0]
	for j := range b.w {
		b.step[j] = 1e-4 * rng.NormFloat64()
		b.w[j] -= b.step[j]
	}
	for i := range b.z {
		b.z[i], b.zstep[i] = matrixtest.RowProduct(p.X, i, b.w), matrixtest.RowProduct(p.X, i, b.step)
	}
	ws, ss := vec.Dot(b.w, b.step), vec.Dot(b.step, b.step)
	want := s.lineSearch(b, 0)
	right, _ := s.slope(b, 0, ws, ss)
	for i := range b.zstep {
		b.zstep[i] *= 1 + 0.01*rng.NormFloat64()
	}
	wrong, _ := s.slope(b, 0, ws, ss)
	if got := s.lineSearch(b, right-wrong); math.Abs(got-want) > 0.02*want {
		t.Errorf("step %g with the slope, want %g", got, want)
	}
	if got := s.lineSearch(b, 0); math.Abs(got-want) < 0.1*want {
		t.Errorf("step %g without the slope, as good as %g: this test shows nothing", got, want)
	}
}
