package linear

import (
	"context"
	"math"
	"testing"

	"repbench/features/matrix/matrixtest"
)

// TestWholeIsTheInverse: where there is but one class the
// preconditioner from all rows is the inverse of the Hessian, at any number of
// threads with the same bits.
func TestWholeIsTheInverse(t *testing.T) {
	ctx := context.Background()
	const c = 0.01
	for _, size := range [][2]int{{1200, 20}, {700, 31}, {600, 32}, {2000, 77}} {
		p := matrixtest.Blobs(size[0], size[1], 2, 1, 6)
		clear(p.Y)
		var first [][]float64
		for _, threads := range []int{1, 3} {
			active, dst, src := activeAt(p, 1, func(_, row int) float64 { return 2 - 2*float64(min(1, row%3)) })
			w, err := newWhole(ctx, p.X, active, threads)
			if err != nil {
				t.Fatal(err)
			}
			got := applied(t, w, c, active, dst, src)
			// The factor is float32 and the condition number some thousands.
			if e := inverseError(p, c, active, got, src); e > 1e-2 {
				t.Errorf("%d×%d: H·P⁻¹ is off the identity by %.1e", size[0], size[1], e)
			}
			if first == nil {
				first = got
			}
			for k := range got {
				for j, v := range got[k] {
					if v != first[k][j] {
						t.Fatalf("%d threads give other bits", threads)
					}
				}
			}
		}
	}
}

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
	if !wholeWorthwhile(p.X, 1, spent/p.Classes*p.Classes) {
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
	b.trail.extrapolate(b, y, 1, 10) // remembers cost 1
	b.w[0], b.z[0], b.z[1] = 2, -8, -8
	b.trail.extrapolate(b, y, 10, 100)
	if math.Abs(b.w[0]-3) > 1e-12 || math.Abs(b.z[0]+7) > 1e-12 {
		t.Errorf("weights %g and scores %g, want 3 and -7", b.w[0], b.z[0])
	}
	worse := line(1)
	worse.trail.extrapolate(worse, y, 1, 10)
	worse.w[0], worse.z[0], worse.z[1] = 0, -11, -11
	worse.trail.extrapolate(worse, y, 10, 100)
	if worse.w[0] != 0 || worse.z[0] != -11 {
		t.Errorf("a worse point was taken: weights %g, scores %g", worse.w[0], worse.z[0])
	}
}
