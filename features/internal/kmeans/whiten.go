package kmeans

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"

	"repbench/internal/simd"
)

// moments returns the mean of the rows of x and their covariance.
func moments(x []float32, d, threads int) (mean []float64, cov *mat.SymDense) {
	n := len(x) / d
	mean = make([]float64, d)
	sums := make([][]float64, parts(n))
	inParts(n, threads, func(part, lo, hi int) {
		s := make([]float64, d+d*d)
		for i := lo; i < hi; i++ {
			row := x[i*d : (i+1)*d]
			for j, v := range row {
				s[j] += float64(v)
				products := s[d+j*d : d+j*d+j+1]
				for k, u := range row[:j+1] {
					products[k] += float64(v) * float64(u)
				}
			}
		}
		sums[part] = s
	})
	total := make([]float64, d+d*d)
	for _, s := range sums {
		for j, v := range s {
			total[j] += v
		}
	}
	for j := range mean {
		mean[j] = total[j] / float64(n)
	}
	cov = mat.NewSymDense(d, nil)
	for j := range d {
		for k := range j + 1 {
			cov.SetSym(j, k, (total[d+j*d+k]-float64(n)*mean[j]*mean[k])/float64(max(1, n-1)))
		}
	}
	return mean, cov
}

// zca returns V·(Λ + 0.1)^-½·Vᵀ of a covariance V·Λ·Vᵀ, [d·d], symmetric.
func zca(cov *mat.SymDense) ([]float64, error) {
	var e mat.EigenSym
	if !e.Factorize(cov, true) {
		return nil, errors.New("kmeans: the eigenvalues of the covariance of the patches did not converge")
	}
	d := cov.SymmetricDim()
	values := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	w := make([]float64, d*d)
	for i := range d {
		for j := range d {
			for k, l := range values {
				w[i*d+j] += v.At(i, k) * v.At(j, k) / math.Sqrt(max(l, 0)+WhiteningOffset)
			}
		}
	}
	return w, nil
}

// whiten replaces each row of x by w·(row - mean).
func whiten(x []float32, d int, mean, w []float64, threads int) {
	project(x, d, x, d, mean, w, threads)
}

// project writes w·(row - mean) for each row of x, of d values, into the rows of
// dst, which are stride values apart; w has as many rows as d fits into it. dst
// may be x where a result is no longer than a row.
func project(dst []float32, stride int, x []float32, d int, mean, w []float64, threads int) {
	shift := make([]float64, len(w)/d)
	vectors := make([][]float64, len(w)/d)
	for j := range vectors {
		vectors[j] = w[j*d : (j+1)*d]
		for k, m := range mean {
			shift[j] += vectors[j][k] * m
		}
	}
	var p simd.Panel[float32]
	p.Pack(vectors)
	inParts(len(x)/d, threads, func(_, lo, hi int) {
		z := make([]float64, block*p.Stride())
		for ; lo < hi; lo += block {
			rows := rowsOf(x, d, lo, min(lo+block, hi))
			p.Dot(z, rows)
			for i := range rows {
				to := dst[(lo+i)*stride:][:len(shift)]
				for j, s := range shift {
					to[j] = float32(z[i*p.Stride()+j] - s)
				}
			}
		}
	})
}
