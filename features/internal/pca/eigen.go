package pca

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/mat"
)

// eigenTolerance bounds ‖C·v - λ·v‖ of an eigenpair, and the inner products of
// eigenvectors, relative to the largest eigenvalue and to 1. A backward stable
// solver stays well below n·2⁻⁵³, 7e-13 for 6,144 values.
const eigenTolerance = 1e-10

// topEigen returns the dims largest eigenvalues of c, falling, and eigenvectors
// of length 1, dims×n. c is not changed.
//
// A few of many are found by reduction to tridiagonal form and inverse iteration,
// an order of magnitude faster than all of them; that result is checked, and
// where it is not good, or many are wanted, all are computed by QL iteration.
func topEigen(c *mat.SymDense, dims int) (values, vectors []float64, err error) {
	n := c.SymmetricDim()
	if n >= 16 && dims <= n/4 {
		values, vectors, ok := inverseEigen(c, dims)
		if ok && eigenResidual(c, values, vectors) <= eigenTolerance {
			return values, vectors, nil
		}
	}
	var e mat.EigenSym
	if !e.Factorize(c, true) {
		return nil, nil, errors.New("the eigenvalues of the covariance did not converge")
	}
	all := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	for k := range dims {
		values = append(values, all[n-1-k])
		vectors = append(vectors, mat.Col(nil, n-1-k, &v)...)
	}
	return values, vectors, nil
}

// inverseEigen is topEigen by inverse iteration; false where that failed.
func inverseEigen(c *mat.SymDense, dims int) (values, vectors []float64, ok bool) {
	var lapack gonum.Implementation
	n := c.SymmetricDim()
	a := make([]float64, n*n)
	raw := c.RawSymmetric()
	for i := range n {
		for j := i; j < n; j++ {
			a[j*n+i] = raw.Data[i*raw.Stride+j]
		}
	}
	t := tridiagonal{make([]float64, n), make([]float64, n-1)}
	tau := make([]float64, n-1)
	work := make([]float64, 1)
	lapack.Dsytrd(blas.Lower, n, a, n, t.d, t.e, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack.Dsytrd(blas.Lower, n, a, n, t.d, t.e, tau, work, len(work))
	all := slices.Clone(t.d)
	if !lapack.Dsterf(n, all, slices.Clone(t.e)) {
		return nil, nil, false
	}
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	var found [][]float64
	for k := range dims {
		values = append(values, all[n-1-k])
		v, ok := t.vector(values, found, rng)
		if !ok {
			return nil, nil, false
		}
		found = append(found, v)
		vectors = append(vectors, v...)
	}
	// The eigenvectors of c are Q·v; the reflections of Q lie below the first
	// subdiagonal and leave the first component alone. Rows of vectors are columns
	// of its transpose, hence vectors·Qᵀ.
	lapack.Dormqr(blas.Right, blas.Trans, dims, n-1, n-1, a[n:], n, tau, vectors[1:], n, work, -1)
	work = make([]float64, int(work[0]))
	lapack.Dormqr(blas.Right, blas.Trans, dims, n-1, n-1, a[n:], n, tau, vectors[1:], n, work, len(work))
	return values, vectors, true
}

// tridiagonal is a symmetric matrix with diagonal d and off-diagonal e.
type tridiagonal struct{ d, e []float64 }

// vector returns the eigenvector of the last of values, at right angles to the eigenvectors
// found before, by inverse iteration from random vectors.
func (t tridiagonal) vector(values []float64, found [][]float64, rng *rand.Rand) ([]float64, bool) {
	const tries, steps, epsilon = 3, 6, 0x1p-52
	var lapack gonum.Implementation
	n := len(t.d)
	k := len(values) - 1
	scale := math.Abs(values[0])
	enough := 16 * epsilon * math.Sqrt(float64(n)) * scale
	// Equal eigenvalues are moved apart, lest the solutions be parallel.
	shift := values[k] - 10*epsilon*scale*float64(equalBefore(values, 10*epsilon*scale))
	for range tries {
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		for range steps {
			d := slices.Clone(t.d)
			floats.AddConst(-shift, d)
			if !lapack.Dgtsv(n, 1, slices.Clone(t.e), d, slices.Clone(t.e), v, 1) {
				shift -= epsilon * scale
				continue
			}
			if !orthogonalise(v, found) {
				break
			}
			if t.residual(v, values[k]) <= enough {
				return v, true
			}
		}
	}
	return nil, false
}

// equalBefore counts the values next to the last one that are as good as equal.
func equalBefore(values []float64, gap float64) int {
	k := len(values) - 1
	n := 0
	for n < k && values[k-n-1]-values[k-n] <= gap {
		n++
	}
	return n
}

// orthogonalise takes out of v what lies along the others, twice since the first
// time rounds, and gives it length 1; false where nothing finite is left.
func orthogonalise(v []float64, others [][]float64) bool {
	for range 2 {
		length := floats.Norm(v, 2)
		if !(length > 0) || math.IsInf(length, 1) {
			return false
		}
		floats.Scale(1/length, v)
		for _, u := range others {
			floats.AddScaled(v, -floats.Dot(u, v), u)
		}
	}
	length := floats.Norm(v, 2)
	floats.Scale(1/length, v)
	return length > 0.1
}

// residual is ‖T·v - λ·v‖.
func (t tridiagonal) residual(v []float64, lambda float64) float64 {
	sum := 0.0
	for i := range v {
		r := (t.d[i] - lambda) * v[i]
		if i > 0 {
			r += t.e[i-1] * v[i-1]
		}
		if i < len(t.e) {
			r += t.e[i] * v[i+1]
		}
		sum += r * r
	}
	return math.Sqrt(sum)
}

// eigenResidual is the largest ‖C·v - λ·v‖ relative to the largest eigenvalue, or
// departure of an inner product from 0 or 1.
func eigenResidual(c *mat.SymDense, values, vectors []float64) float64 {
	dims, n := len(values), c.SymmetricDim()
	v := blas64.General{Rows: dims, Cols: n, Stride: n, Data: vectors}
	cv := blas64.General{Rows: dims, Cols: n, Stride: n, Data: make([]float64, dims*n)}
	blas64.Symm(blas.Right, 1, c.RawSymmetric(), v, 0, cv)
	inner := blas64.General{Rows: dims, Cols: dims, Stride: dims, Data: make([]float64, dims*dims)}
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, v, v, 0, inner)
	worst := 0.0
	for k, l := range values {
		row := cv.Data[k*n : (k+1)*n]
		floats.AddScaled(row, -l, vectors[k*n:(k+1)*n])
		worst = math.Max(worst, floats.Norm(row, 2)/math.Abs(values[0]))
		inner.Data[k*dims+k]--
	}
	return math.Max(worst, floats.Norm(inner.Data, math.Inf(1)))
}
