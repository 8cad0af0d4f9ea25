package precondition

import (
	"context"
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
			w, err := newFull(ctx, p.X, active, threads)
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
