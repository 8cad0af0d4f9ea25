package dense

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/npy"
)

// rowsOf returns n×d random rows about 3, in float32 or float16.
func rowsOf(t *testing.T, n, d int, half bool) matrix.View {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), uint64(d)))
	data, bits := make([]float32, n*d), make([]uint16, n*d)
	for i := range data {
		data[i] = float32(3 + r.NormFloat64())
		bits[i] = npy.Float32ToFloat16(data[i])
	}
	x, err := matrix.New(data, n, d)
	if half {
		x, err = matrix.NewHalf(bits, n, d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestCovariance compares mean and covariance with their definitions, for float32 and
// float16 rows, views of some columns and rows, and any number of threads.
func TestCovariance(t *testing.T) {
	for _, s := range [][2]int{{2, 1}, {2, 5}, {31, 15}, {257, 33}, {300, 150}} {
		for _, half := range []bool{false, true} {
			x := rowsOf(t, s[0]+3, s[1]+2, half).Cols(1, s[1]+1).Rows(2, s[0]+2)
			mean, want := covarianceByDefinition(x)
			var first *Matrix
			for _, threads := range []int{1, 2, 5} {
				m := Means(x, threads)
				for j, v := range mean {
					if math.Abs(m[j]-v) > 1e-14*math.Abs(v)*4 {
						t.Fatalf("%v: mean %d is %v, want %v", s, j, m[j], v)
					}
				}
				got, err := Covariance(context.Background(), x, m, threads)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = got
				}
				same(t, fmt.Sprint(s, threads), got, first, false)
			}
			if d := largest(first, want, false); d > 1e-13 {
				t.Errorf("%v half=%v: differs by %v", s, half, d)
			}
		}
	}
}

func covarianceByDefinition(x matrix.View) ([]float64, *Matrix) {
	mean, c := make([]float64, x.D), New(x.D, x.D)
	for j := range mean {
		for i := range x.N {
			mean[j] += float64(x.At(i, j)) / float64(x.N)
		}
	}
	for j := range x.D {
		for k := range x.D {
			var sum float64
			for i := range x.N {
				sum += (float64(x.At(i, j)) - mean[j]) * (float64(x.At(i, k)) - mean[k])
			}
			c.Set(j, k, sum/float64(x.N-1))
		}
	}
	return mean, c
}

// TestCovarianceOrder: another order of the rows changes rounding alone; a constant column,
// whatever its value, has a covariance of exactly 0.
func TestCovarianceOrder(t *testing.T) {
	const n, d = 1500, 20
	x := rowsOf(t, n, d, false)
	for i := range n {
		x.Data[i*d+7] = 0.1
	}
	order := make([]int32, n)
	for i, v := range rand.New(rand.NewPCG(1, 1)).Perm(n) {
		order[i] = int32(v)
	}
	var c [2]*Matrix
	for k, v := range []matrix.View{x, x.Subset(order)} {
		var err error
		if c[k], err = Covariance(context.Background(), v, Means(v, 2), 2); err != nil {
			t.Fatal(err)
		}
		for j := range d {
			if c[k].At(j, 7) != 0 || c[k].At(7, j) != 0 {
				t.Errorf("covariance of the constant column with column %d: %v", j, c[k].At(j, 7))
			}
		}
	}
	if diff := largest(c[0], c[1], false); diff > 1e-14 {
		t.Errorf("another order of the rows: differs by %v", diff)
	}
}

// TestCovarianceWide: more columns than are packed at once.
func TestCovarianceWide(t *testing.T) {
	x := rowsOf(t, 5, 2100, false)
	got, err := gram(context.Background(), x, make([]float64, x.D), 0.5, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range [][2]int{{0, 0}, {2099, 0}, {0, 2099}, {2099, 2099}, {2047, 2048}, {2048, 2047}, {1000, 2049}} {
		var want float64
		for i := range x.N {
			want += float64(x.At(i, at[0])) * float64(x.At(i, at[1])) / 2
		}
		if v := got.At(at[0], at[1]); math.Abs(v-want) > 1e-12 {
			t.Errorf("element %v: %v, want %v", at, v, want)
		}
	}
}

func TestCovarianceErrors(t *testing.T) {
	x := rowsOf(t, 3, 2, false)
	if _, err := Covariance(context.Background(), x.Rows(0, 1), []float64{0, 0}, 1); err == nil {
		t.Error("one row: no error")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Covariance(ctx, x, []float64{0, 0}, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
