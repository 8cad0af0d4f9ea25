package linear

import (
	"context"
	"math"
	"testing"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/precondition"
	"repbench/features/matrix/matrixtest"
)

// TestPathAgreesWithSingleFits: a path that is long enough to build the
// preconditioner from all rows ends where fits from nothing end.
func TestPathAgreesWithSingleFits(t *testing.T) {
	ctx := context.Background()
	p := matrixtest.Blobs(900, 24, 5, 2, 3)
	costs := []float64{1e-4, 1e-3, 1e-2, 1e-1, 1}
	path, err := FitSVM(ctx, p.X, p.Y, p.Classes, Options{C: costs, Tolerance: 1e-9})
	if err != nil {
		t.Fatal(err)
	}
	spent := 0
	for i, c := range costs {
		one, err := FitSVM(ctx, p.X, p.Y, p.Classes, Options{C: []float64{c}, Tolerance: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		if e := matrixtest.Relative(path[i].Objective, one[0].Objective); e > 2e-9 {
			t.Errorf("C = %g: objective %.12g on the path, %.12g from nothing", c, path[i].Objective, one[0].Objective)
		}
		if i < len(costs)-1 {
			spent += path[i].CGIterations
		}
	}
	if precondition.Choose(precondition.State{N: p.X.N, D: p.X.D, Classes: 1, Spent: spent, Costly: true}) != precondition.FromAllRows {
		t.Errorf("%d iterations are too few to reach the preconditioner that this test is about", spent)
	}
}

// TestExtrapolation: on a line the next point is foretold exactly, and one that
// is worse than staying is not taken.
func TestExtrapolation(t *testing.T) {
	line := func(at float64) *binary {
		// Scores far below 1 for rows of the class: the objective falls along the line.
		return &binary{class: 0, w: []float64{at, 0}, z: []float64{-10 + at, -10 + at}}
	}
	y := []int32{0, 0}
	b := line(1)
	b.warm.extrapolate(b, y, 1, 10) // remembers cost 1
	b.w[0], b.z[0], b.z[1] = 2, -8, -8
	b.warm.extrapolate(b, y, 10, 100)
	if math.Abs(b.w[0]-3) > 1e-12 || math.Abs(b.z[0]+7) > 1e-12 {
		t.Errorf("weights %g and scores %g, want 3 and -7", b.w[0], b.z[0])
	}
	worse := line(1)
	worse.warm.extrapolate(worse, y, 1, 10)
	worse.w[0], worse.z[0], worse.z[1] = 0, -11, -11
	worse.warm.extrapolate(worse, y, 10, 100)
	if worse.w[0] != 0 || worse.z[0] != -11 {
		t.Errorf("a worse point was taken: weights %g, scores %g", worse.w[0], worse.z[0])
	}
}

// TestPerClassFit: a path along which the preconditioner of a class each takes over
// ends where the reference does.
func TestPerClassFit(t *testing.T) {
	ctx := context.Background()
	p := matrixtest.Blobs(120, 150, 3, 2, 3)
	costs := []float64{1e-4, 1e-3, 1e-2}
	sweep := passes.NewNative(p.X, 2)
	s := &newton{x: p.X, y: p.Y, sweep: sweep, products: sweep, o: Options{C: costs}.WithDefaults(),
		stock: precondition.NewStock(sweep, precondition.NewSampled(p.X, p.Classes, 2, 0)), classes: problems(0, p.Classes, p.X)}
	s.task = s.o.Progress.Start("test", 0, "passes")
	fits := make([]Fit, len(costs))
	for i, c := range costs {
		fits[i] = Fit{C: c, Model: NewModel(p.Classes, p.X.D), Converged: true}
	}
	if err := s.solveAll(ctx, fits); err != nil {
		t.Fatal(err)
	}
	if !s.stock.Built()[precondition.OfEachClass] {
		t.Fatalf("%d iterations, %d at the last step: the shared preconditioner served to the end", s.spent, s.latest)
	}
	for i, c := range costs {
		var want float64
		for k := range p.Classes {
			want += referenceObjective(t, p, int32(k), c)
		}
		if e := matrixtest.Relative(fits[i].Objective, want); !fits[i].Converged || e > 1e-6 {
			t.Errorf("C = %g: converged %v, objective %.10g, want %.10g", c, fits[i].Converged, fits[i].Objective, want)
		}
	}
}
