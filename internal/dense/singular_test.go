package dense

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"repbench/features/matrix"
)

// TestSingularValues compares with gonum's, for sizes around those of panels (32, 128) and blocks
// of rows (1,024), more and fewer rows than columns, less a mean or not, and for any number of
// threads.
func TestSingularValues(t *testing.T) {
	for _, s := range [][2]int{{1, 1}, {1, 5}, {5, 1}, {7, 7}, {8, 9}, {40, 33}, {33, 40}, {300, 129}, {129, 300}, {1025, 20}, {20, 1030}, {2048, 3}} {
		x := rowsOf(t, s[0], s[1], s[0]%2 == 0)
		for _, mean := range [][]float64{nil, Means(x, 1)} {
			var first []float64
			for _, threads := range []int{1, 3} {
				got, err := SingularValues(context.Background(), x, mean, threads)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = got
				}
				if !slices.Equal(got, first) {
					t.Fatalf("%v: %d threads give other bits", s, threads)
				}
			}
			compareSingular(t, fmt.Sprint(s), first, x, mean)
		}
	}
}

// compareSingular fails the test unless got are the singular values of x − mean, up to rounding
// of the largest.
func compareSingular(t *testing.T, what string, got []float64, x matrix.View, mean []float64) {
	t.Helper()
	full := mat.NewDense(x.N, x.D, nil)
	for i := range x.N {
		for j := range x.D {
			full.Set(i, j, float64(x.At(i, j))-at(mean, j))
		}
	}
	var svd mat.SVD
	if !svd.Factorize(full, mat.SVDNone) {
		t.Fatal("gonum did not converge")
	}
	want := svd.Values(nil)
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, v := range want {
		if math.Abs(got[i]-v) > float64(len(want)+8)*1e-15*want[0] {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], v)
		}
	}
}

// TestSingularValuesSmall: what roots of eigenvalues of XᵀX would lose: columns that are equal
// but for the last bit of float32, and columns of zeros.
func TestSingularValuesSmall(t *testing.T) {
	x := rowsOf(t, 200, 12, false)
	for i := range x.N {
		row := x.Data[i*x.D : (i+1)*x.D]
		row[5] = row[4]
		row[6] = math.Nextafter32(row[4], float32(i%2))
		row[9] = 0
	}
	got, err := SingularValues(context.Background(), x, nil, 2)
	if err != nil {
		t.Fatal(err)
	}
	compareSingular(t, "small", got, x, nil)
	if got[9] < 1e-7 || got[9] > 1e-5 || got[10] > 1e-12 || got[11] > 1e-12 {
		t.Errorf("smallest values %v", got[9:])
	}
}

// TestSingularValuesKnown: columns at right angles have their norms as singular values.
func TestSingularValuesKnown(t *testing.T) {
	x := matrix.View{Data: make([]float32, 6*3), N: 6, D: 3}
	x.Data[0*3+1], x.Data[1*3+1], x.Data[5*3+0], x.Data[2*3+2] = 3, 4, 7, 1
	got, err := SingularValues(context.Background(), x, nil, 1)
	if err != nil || math.Abs(got[0]-7) > 1e-14 || math.Abs(got[1]-5) > 1e-14 || math.Abs(got[2]-1) > 1e-14 {
		t.Errorf("got %v (%v), want 7, 5, 1", got, err)
	}
}

func TestSingularValuesEdges(t *testing.T) {
	zero := matrix.View{Data: make([]float32, 12), N: 4, D: 3}
	if got, err := SingularValues(context.Background(), zero, nil, 1); err != nil || !slices.Equal(got, []float64{0, 0, 0}) {
		t.Errorf("zeros: %v (%v)", got, err)
	}
	zero.Data[4] = float32(math.NaN())
	if _, err := SingularValues(context.Background(), zero, nil, 1); !errors.Is(err, ErrNotFinite) {
		t.Errorf("NaN: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := SingularValues(ctx, zero, nil, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func BenchmarkSingularValues(b *testing.B) {
	for _, d := range []int{512, 2048} {
		b.Run(fmt.Sprintf("n=%d/d=%d", 4*d, d), func(b *testing.B) {
			m := random(1, 4*d, d)
			x := matrix.View{Data: make([]float32, m.Rows*m.Cols), N: m.Rows, D: m.Cols}
			for i := range x.N {
				for j, v := range m.Row(i) {
					x.Data[i*x.D+j] = float32(v)
				}
			}
			for b.Loop() {
				if _, err := SingularValues(context.Background(), x, nil, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
