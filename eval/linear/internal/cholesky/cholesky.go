// Package cholesky factors symmetric matrices in float32 and solves with the factors.
package cholesky

import (
	"errors"
	"math"

	"repbench/eval/linear/internal/vec"
	"repbench/internal/simd"
)

// factorBlock is the order of the diagonal blocks of a factor, and the number
// of rows of a gram tile.
const factorBlock = 64

// errPivot: the matrix is not positive definite in float32.
var errPivot = errors.New("matrix is not positive definite")

// Factor is the Cholesky factor L of a positive definite matrix, with the
// inverse of each of its diagonal blocks and the transpose of that.
type Factor struct {
	l                  *Square
	inverse, transpose [][][]float32
	threads            int
}

// Order returns the order of the matrix.
func (f *Factor) Order() int { return f.l.N }

// New overwrites a with its factor, L·Lᵀ = a, by the left-looking blocked
// algorithm (Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.5):
// products in float32 with float64 sums, diagonal blocks in float64. It returns
// errPivot when a pivot is not positive.
func New(a *Square, threads int) (*Factor, error) {
	f := &Factor{l: a, threads: threads}
	var p simd.Panel[float32]
	for j0 := 0; j0 < a.N; j0 += factorBlock {
		j1 := min(j0+factorBlock, a.N)
		if j0 > 0 {
			p.PackRows(a.rows(j0, j1, 0, j0))
			a.update(&p, j0, j1, j0, threads,
				func(_, lo, hi int) [][]float32 { return a.rows(lo, hi, 0, j0) },
				func(old float32, dot float64) float32 { return float32(float64(old) - dot) })
		}
		inv, err := a.factorDiagonal(j0, j1)
		if err != nil {
			return nil, err
		}
		f.inverse, f.transpose = append(f.inverse, narrow(inv)), append(f.transpose, narrow(vec.Transposed(inv)))
		p.Pack(inv)
		a.update(&p, j0, j1, j1, threads,
			func(_, lo, hi int) [][]float32 { return a.rows(lo, hi, j0, j1) },
			func(_ float32, dot float64) float32 { return float32(dot) })
	}
	return f, nil
}

// Ridged factors sum() + ridge/scale·I, with a larger ridge where that is not positive
// definite in float32, and returns the ridge it took.
func Ridged(ridge, scale float64, threads int, sum func() *Square) (*Factor, float64, error) {
	for {
		f, err := New(sum().shifted(ridge/scale), threads)
		if err == nil {
			return f, ridge, nil
		}
		if ridge *= 10; math.IsInf(ridge, 0) || math.IsNaN(ridge) {
			return nil, ridge, err
		}
	}
}

// factorDiagonal replaces the diagonal block [j0, j1) by its factor and returns
// the rows of the inverse of that.
func (s *Square) factorDiagonal(j0, j1 int) ([][]float64, error) {
	n := j1 - j0
	l, inv := vec.Dense(n, n), vec.Dense(n, n)
	for i := range n {
		for j := range i + 1 {
			sum := float64(s.A[(j0+i)*s.N+j0+j])
			for k, v := range l[j][:j] {
				sum -= l[i][k] * v
			}
			if j < i {
				l[i][j] = sum / l[j][j]
				continue
			}
			if !(sum > 0) {
				return nil, errPivot
			}
			l[i][i] = math.Sqrt(sum)
		}
	}
	for i := range n {
		inv[i][i] = 1
		for k, v := range l[i][:i] {
			for j, w := range inv[k][:k+1] {
				inv[i][j] -= v * w
			}
		}
		for j := range inv[i][:i+1] {
			inv[i][j] /= l[i][i]
		}
	}
	for i := range n {
		for j := range i + 1 {
			s.A[(j0+i)*s.N+j0+j] = float32(l[i][j])
		}
	}
	return inv, nil
}

func narrow(a [][]float64) [][]float32 {
	rows := make([][]float32, len(a))
	for i, row := range a {
		rows[i] = make([]float32, len(row))
		for j, v := range row {
			rows[i][j] = float32(v)
		}
	}
	return rows
}
