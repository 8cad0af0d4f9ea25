package pca

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// withEigenvalues is Q·diag(values)·Qᵀ for a random orthogonal Q.
func withEigenvalues(values []float64, seed uint64) *mat.SymDense {
	n := len(values)
	r := rand.New(rand.NewPCG(seed, 1))
	g := mat.NewDense(n, n, nil)
	for i := range n {
		for j := range n {
			g.Set(i, j, r.NormFloat64())
		}
	}
	var qr mat.QR
	qr.Factorize(g)
	var q, left, full mat.Dense
	qr.QTo(&q)
	left.Mul(&q, mat.NewDiagDense(n, values))
	full.Mul(&left, q.T())
	c := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			c.SetSym(i, j, full.At(i, j))
		}
	}
	return c
}

// Inverse iteration finds the known eigenvalues, with eigenvectors that satisfy
// their equation, whatever lies close together.
func TestInverseEigen(t *testing.T) {
	const n, dims = 80, 20
	spectra := map[string]func(i int) float64{
		"falling":    func(i int) float64 { return 1e4 * math.Pow(0.8, float64(i)) },
		"flat":       func(int) float64 { return 3 },
		"two values": func(i int) float64 { return 2 - float64(i/10%2) },
		"close":      func(i int) float64 { return 1 - 1e-13*float64(i) },
		"low rank":   func(i int) float64 { return max(0, 15-float64(i)) },
		"one of all": func(i int) float64 { return max(0, 1-float64(i)) },
		"small":      func(i int) float64 { return 1e-30 * float64(n-i) },
	}
	for name, at := range spectra {
		t.Run(name, func(t *testing.T) {
			spectrum := make([]float64, n)
			for i := range spectrum {
				spectrum[i] = at(i)
			}
			c := withEigenvalues(spectrum, 7)
			values, vectors, ok := inverseEigen(c, dims)
			if !ok {
				t.Fatal("failed")
			}
			if r := eigenResidual(c, values, vectors); !(r <= eigenTolerance) {
				t.Errorf("residual is %g", r)
			}
			var e mat.EigenSym
			e.Factorize(c, false)
			all := e.Values(nil)
			for k, v := range values {
				if want := all[n-1-k]; math.Abs(v-want) > 1e-13*all[n-1]*n {
					t.Errorf("eigenvalue %d is %g, want %g", k, v, want)
				}
			}
		})
	}
}

// A matrix of blocks, as constant pixels make it, and one of zeros: topEigen
// comes to an answer by one way or the other.
func TestTopEigenDegenerate(t *testing.T) {
	blocks := mat.NewSymDense(40, nil)
	for i := range 10 {
		blocks.SetSym(3*i, 3*i, 2)
		blocks.SetSym(3*i, 3*i+1, 1)
		blocks.SetSym(3*i+1, 3*i+1, 2) // eigenvalues 3 and 1, ten times each
	}
	for name, tt := range map[string]struct {
		c    *mat.SymDense
		want float64
	}{"blocks": {blocks, 3}, "zeros": {mat.NewSymDense(40, nil), 0}} {
		values, vectors, err := topEigen(tt.c, 10)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k, v := range values {
			if math.Abs(v-tt.want) > 1e-14 {
				t.Errorf("%s: eigenvalue %d is %g, want %g", name, k, v, tt.want)
			}
			x := mat.NewVecDense(40, vectors[k*40:(k+1)*40])
			var r mat.VecDense
			r.MulVec(tt.c, x)
			r.AddScaledVec(&r, -v, x)
			if mat.Norm(&r, 2) > 1e-13 || math.Abs(mat.Norm(x, 2)-1) > 1e-13 {
				t.Errorf("%s: vector %d has residual %g and length %g", name, k, mat.Norm(&r, 2), mat.Norm(x, 2))
			}
		}
	}
}

func TestFixSigns(t *testing.T) {
	v := []float64{1, -3, 2, -1, 1, 0, 0, 0, 0}
	fixSigns(v, 3)
	want := []float64{-1, 3, -2, 1, -1, 0, 0, 0, 0}
	for i := range v {
		if v[i] != want[i] {
			t.Fatalf("rows are %v, want %v", v, want)
		}
	}
}
