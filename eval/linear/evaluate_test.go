package linear

import (
	"context"
	"math"
	"testing"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix/matrixtest"
)

// TestRoughEvaluation: from scores that are held, objective and gradient are those
// of a full evaluation as far as float32 goes.
func TestRoughEvaluation(t *testing.T) {
	ctx := context.Background()
	p := matrixtest.Blobs(900, 40, 3, 1, 11)
	o := Options{}.WithDefaults()
	sweep := passes.NewNative(p.X, 2)
	s := &newton{x: p.X, y: p.Y, sweep: sweep, products: sweep, o: o, task: o.Progress.Start("test", 0, "passes"),
		classes: problems(0, 3, p.X), c: 0.01}
	for k, b := range s.classes {
		for j := range b.w {
			b.w[j] = math.Sin(float64(j + 7*k))
		}
	}
	if err := s.evaluate(ctx, s.classes); err != nil {
		t.Fatal(err)
	}
	for _, b := range s.classes {
		objective, gradient := b.objective, append([]float64(nil), b.g...)
		if err := s.update(ctx, []*binary{b}); err != nil {
			t.Fatal(err)
		}
		if matrixtest.Relative(b.objective, objective) > 1e-12 {
			t.Errorf("class %d: objective %v, want %v", b.class, b.objective, objective)
		}
		norm := math.Sqrt(vec.Dot(gradient, gradient))
		for j, g := range b.g {
			if math.Abs(g-gradient[j]) > 1e-6*norm {
				t.Errorf("class %d: gradient %d is %v, want %v", b.class, j, g, gradient[j])
			}
		}
	}
}

// TestTooFewSteps: what is reported of a fit that was cut short is that of its
// weights, too, in float64.
func TestTooFewSteps(t *testing.T) {
	p := matrixtest.Blobs(900, 40, 3, 1, 12)
	for _, steps := range []int{1, 2} {
		fits, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, Options{C: []float64{0.01, 1}, MaxIterations: steps})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fits {
			if f.Converged {
				t.Errorf("C = %g has converged after %d steps", f.C, steps)
			}
			for k, got := range f.ObjectivePerClass {
				if own := objectiveOf(f.Model, p, k, f.C); matrixtest.Relative(own, got) > 1e-12 {
					t.Errorf("%d steps, C = %g, class %d: reports %v, the weights have %v", steps, f.C, k, got, own)
				}
			}
		}
	}
}

// TestVerdict: only a duality gap within the tolerance is a solution, and only what was
// evaluated in float64 twice can have stalled.
func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		name   string
		b      binary
		before point
		want   state
	}{
		{"small gap", binary{objective: 1, gap: 1e-7}, point{2, 1}, solved},
		{"small gap without descent", binary{objective: 1, gap: 1e-7}, point{1, 1e-7}, solved},
		{"objective as before, from a rough value", binary{objective: 1, gap: 1e-3}, point{1, 1e-3}, open},
		{"objective and gap as before", binary{objective: 1, gap: 1e-3, precise: true}, point{1, 1e-3}, stalled},
		{"descent of the gap alone", binary{objective: 1, gap: 1e-3, precise: true}, point{1, 1e-2}, open},
		{"descent of the objective alone", binary{objective: 1, gap: 1e-3, precise: true}, point{1.001, 1e-3}, open},
	} {
		tt.b.judge(1e-6, tt.before)
		if tt.b.state != tt.want || !tt.b.precise {
			t.Errorf("%s: %v, precise %v", tt.name, tt.b.state, tt.b.precise)
		}
	}
}
