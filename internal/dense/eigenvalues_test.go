package dense

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"repbench/internal/simd"
)

// eigenTolerance is for eigenvalues of order n of a matrix of norm 1.
func eigenTolerance(n int) float64 { return float64(n+8) * 4e-16 }

// TestEigenvaluesClosedForm: the second differences have the eigenvalues
// 2 − 2·cos(kπ/(n+1)).
func TestEigenvaluesClosedForm(t *testing.T) {
	for _, n := range append(orders, 300, 513) {
		a := New(n, n)
		want := make([]float64, n)
		for i := range n {
			a.Set(i, i, 2)
			if i > 0 {
				a.Set(i, i-1, -1)
			}
			want[i] = 2 - 2*math.Cos(float64(i+1)*math.Pi/float64(n+1))
		}
		compareValues(t, fmt.Sprintf("n=%d", n), a, want, 4)
	}
}

// compareValues fails the test unless the eigenvalues of a are want, ascending, within the
// tolerance for matrices of this norm.
func compareValues(t *testing.T, what string, a *Matrix, want []float64, norm float64) {
	t.Helper()
	got, err := Eigenvalues(t.Context(), a, 2)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= norm*eigenTolerance(len(want))) {
			t.Fatalf("%s: eigenvalue %d is %v, want %v", what, i, got[i], v)
		}
	}
}

// withSpectrum returns a matrix with these eigenvalues: reflected by as many random vectors as
// the last argument says.
func withSpectrum(values []float64, reflections int) *Matrix {
	n := len(values)
	a := New(n, n)
	for i, v := range values {
		a.Set(i, i, v)
	}
	for r := range reflections {
		v := random(uint64(100+r), 1, n).Row(0)
		scale := 2 / sumSquares(v)
		w := make([]float64, n) // A·v·2/vᵀv
		for i := range w {
			w[i] = scale * dotProduct(a.Row(i), v)
		}
		half := scale / 2 * dotProduct(w, v)
		for i := range n {
			for j := range n {
				a.Set(i, j, a.At(i, j)-w[i]*v[j]-v[i]*w[j]+2*half*v[i]*v[j])
			}
		}
	}
	return a
}

// TestEigenvaluesSpectra: spectra that are spread, clustered, graded over 16 orders of
// magnitude, of low rank, and with values of both signs.
func TestEigenvaluesSpectra(t *testing.T) {
	for _, n := range []int{2, 9, 33, 70, 200} {
		for name, value := range map[string]func(i int) float64{
			"spread":    func(i int) float64 { return float64(i) / float64(n) },
			"clustered": func(i int) float64 { return 1 - float64(i%2)*1e-13 },
			"equal":     func(int) float64 { return 0.7 },
			"graded":    func(i int) float64 { return math.Pow(10, -16*float64(i)/float64(n)) },
			"rank":      func(i int) float64 { return max(0, 1-float64(i)/4) },
			"signs":     func(i int) float64 { return math.Cos(float64(i)) },
		} {
			values := make([]float64, n)
			for i := range values {
				values[i] = value(i)
			}
			a := withSpectrum(values, 3)
			slices.Sort(values)
			compareValues(t, fmt.Sprintf("%s, n=%d", name, n), a, values, 8)
		}
	}
}

// TestEigenvaluesWilkinson: the largest eigenvalues of W21+ come in pairs; these are the
// digits of Wilkinson, The Algebraic Eigenvalue Problem, 1965, page 309.
func TestEigenvaluesWilkinson(t *testing.T) {
	a := New(21, 21)
	for i := range 21 {
		a.Set(i, i, math.Abs(float64(i-10)))
		if i > 0 {
			a.Set(i, i-1, 1)
		}
	}
	got, err := Eigenvalues(t.Context(), a, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int]float64{20: 10.746194182903393, 19: 10.746194182903322, 18: 9.210678647361332, 0: -1.125441522119985} {
		if math.Abs(got[i]-want) > 1e-13 {
			t.Errorf("eigenvalue %d is %.16g, want %.16g", i, got[i], want)
		}
	}
}

// TestEigenvaluesOracle compares dense random matrices with gonum's, on all instruction sets,
// and has the same bits for any number of threads.
func TestEigenvaluesOracle(t *testing.T) {
	for _, n := range append(orders, 530) {
		a := positive(n, n, 0)
		var eigen mat.EigenSym
		sym := mat.NewSymDense(n, nil)
		for i := range n {
			for j := range i + 1 {
				sym.SetSym(i, j, a.At(i, j))
			}
		}
		if !eigen.Factorize(sym, false) {
			t.Fatal("gonum did not converge")
		}
		want := eigen.Values(nil)
		var first []float64
		for _, threads := range []int{1, 2, 5} {
			got, err := Eigenvalues(t.Context(), a.Clone(), threads)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if !slices.Equal(got, first) {
				t.Fatalf("n=%d: %d threads give other bits", n, threads)
			}
		}
		for i, v := range want {
			if math.Abs(first[i]-v) > 4*eigenTolerance(n) {
				t.Fatalf("n=%d: eigenvalue %d is %v, want %v", n, i, first[i], v)
			}
		}
	}
}

// TestSymmetricProduct compares the product of a lower triangle and a vector with its
// definition, on all instruction sets and for orders around the parts of the triangle.
func TestSymmetricProduct(t *testing.T) {
	a := random(4, 1100, 1100)
	for _, rows := range simd.AllRows64() {
		for _, n := range []int{1, 5, 8, 9, 255, 512, 513, 1024, 1097, 1100} {
			x, y := random(5, 1, n).Row(0), make([]float64, n)
			var s symmetricProduct
			for range 2 { // the second finds the sums of the first
				s.multiply(y, a, x, rows, 2)
			}
			for i := range n {
				var want float64
				for j := range n {
					want += a.At(max(i, j), min(i, j)) * x[j]
				}
				if math.Abs(y[i]-want) > float64(n)*1e-14 {
					t.Fatalf("%v, n=%d: element %d is %v, want %v", rows.ISA(), n, i, y[i], want)
				}
			}
		}
	}
}

// TestEigenvaluesScale: matrices whose squares overflow or vanish.
func TestEigenvaluesScale(t *testing.T) {
	for _, scale := range []float64{1e-300, 1e-160, 1e160, 1e300} {
		a := withSpectrum([]float64{1, 2, 3, 4, 5}, 2)
		for i := range 5 {
			for j := range 5 {
				a.Set(i, j, a.At(i, j)*scale)
			}
		}
		got, err := Eigenvalues(t.Context(), a, 1)
		for i, v := range got {
			if err != nil || math.Abs(v/scale-float64(i+1)) > 1e-13 {
				t.Errorf("scale %v: eigenvalue %d is %v (%v)", scale, i, v, err)
			}
		}
	}
}

func TestEigenvaluesEdges(t *testing.T) {
	if got, err := Eigenvalues(t.Context(), New(0, 0), 1); err != nil || len(got) != 0 {
		t.Errorf("no rows: %v, %v", got, err)
	}
	if got, err := Eigenvalues(t.Context(), New(3, 3), 1); err != nil || !slices.Equal(got, make([]float64, 3)) {
		t.Errorf("zeros: %v, %v", got, err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		a := New(3, 3)
		a.Set(2, 1, v)
		if _, err := Eigenvalues(t.Context(), a, 1); !errors.Is(err, ErrNotFinite) {
			t.Errorf("%v: got %v, want %v", v, err, ErrNotFinite)
		}
	}
}

// TestEigenvaluesEnds: a context that ends stops the reduction.
func TestEigenvaluesEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Eigenvalues(ctx, positive(70, 70, 0), 1); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkEigenvalues(b *testing.B) {
	for _, n := range []int{512, 1024, 2048} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			a, c := random(1, n, n), New(n, n)
			for b.Loop() {
				copy(c.Data, a.Data)
				if _, err := Eigenvalues(b.Context(), c, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
