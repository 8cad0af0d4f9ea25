package linear

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// TestStreamedBitIdentical: a matrix in memory and one in a file, of which any
// part is in memory at a time, give the same bits.
func TestStreamedBitIdentical(t *testing.T) {
	const n, d = 1500, 40
	p := matrixtest.Blobs(n, d, 3, 1, 80)
	var third []int32
	for i := 0; i < n; i += 3 {
		third = append(third, int32(i))
	}
	for _, c := range []float64{1e-3, 10} { // sampled and exact factors
		for _, classifier := range []Classifier{SVM, Softmax} {
			fits := func(x matrix.View, y []int32) Fit {
				f, err := classifier.Fit(context.Background(), x, y, 3, Options{C: []float64{c}, Threads: 2})
				if err != nil {
					t.Fatal(err)
				}
				return f[0]
			}
			whole := fits(p.X, p.Y)
			part := matrix.Labelled{X: p.X.Cols(3, 30), Y: p.Y}.Subset(third)
			columns := fits(part.X, part.Y)
			for _, every := range []int{1, 10_000, n * d * 4, 0} {
				t.Run(fmt.Sprintf("C=%g/%v/every=%d", c, classifier, every), func(t *testing.T) {
					x, released := matrixtest.OnDisk(t, p.X, every)
					got := fits(x, p.Y)
					same(t, "all", whole, got)
					// Each pass reads all elements again; only the last blocks of each
					// worker stay.
					if least := n * d * (got.Passes - 2); released() < least {
						t.Errorf("%d elements given back in %d passes over %d", released(), got.Passes, n*d)
					}
					s := matrix.Labelled{X: x.Cols(3, 30), Y: p.Y}.Subset(third)
					same(t, "rows and columns", columns, fits(s.X, s.Y))
					predicted, err := got.Model.Predict(context.Background(), x, 2)
					if err != nil {
						t.Fatal(err)
					}
					want, err := whole.Model.Predict(context.Background(), p.X, 3)
					if err != nil || !slices.Equal(predicted, want) {
						t.Errorf("other predictions (%v)", err)
					}
				})
			}
		}
	}
}
