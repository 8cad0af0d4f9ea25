package linear

import (
	"context"
	"errors"
	"testing"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/precondition"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// TestFitOnBytes: fits whose directions come from bytes end where others end, and
// also where a column has a value so far out that bytes do not see the rest of it.
func TestFitOnBytes(t *testing.T) {
	for _, far := range []float32{0, 3000} {
		p := matrixtest.Blobs(900, 40, 3, 1, 22)
		p.X.Data[5] += far
		costs := []float64{1e-3, 1e-2}
		want, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, Options{C: costs})
		if err != nil {
			t.Fatal(err)
		}
		for _, tile := range simd.MatrixByteTiles() {
			got, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, Options{C: costs, tile: tile})
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range got {
				if !f.Converged || matrixtest.Relative(f.Objective, want[i].Objective) > 1e-6 {
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
		p := matrixtest.Blobs(900, 40, 3, 1, 22)
		p.X.Data[5] += far
		s := newtonOnBytes(p)
		if err := s.solve(context.Background(), 0, 1e-3); err != nil {
			t.Fatal(err)
		}
		if used, want := s.bytes != nil, far == 0; used != want {
			t.Errorf("value %g: bytes still used %v, want %v", far, used, want)
		}
	}
}

// newtonOnBytes solves p with bytes, however small it is.
func newtonOnBytes(p matrixtest.Problem) *newton {
	o := Options{}.WithDefaults()
	sweep, tiles := passes.NewNative(p.X, 2), simd.MatrixByteTiles()
	return &newton{x: p.X, y: p.Y, sweep: sweep, products: sweep, o: o, task: o.Progress.Start("test", 0, "passes"),
		stock: precondition.NewStock(sweep, precondition.NewSampled(p.X, p.Classes, 2, 0)), classes: problems(0, p.Classes, p.X), tile: tiles[len(tiles)-1]}
}

// TestNoRoomForBytes: without memory for the copy the fit goes on without it; another
// failure is reported.
func TestNoRoomForBytes(t *testing.T) {
	full := func(int) (*memory.Arena, error) { return nil, errors.New("out of memory") }
	s := newtonOnBytes(matrixtest.Blobs(900, 40, 3, 1, 22))
	s.c = 1e-3
	if err := s.copyToBytes(context.Background(), full); err != nil {
		t.Fatal(err)
	}
	if s.onBytes() || s.bytes != nil {
		t.Error("bytes are still to be used")
	}
	if err := s.solve(context.Background(), 0, 1e-3); err != nil {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	s = newtonOnBytes(matrixtest.Blobs(900, 40, 3, 1, 22))
	s.c = 1e-3
	if err := s.copyToBytes(stopped, s.arenas.Take); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while copying: %v", err)
	}
}
