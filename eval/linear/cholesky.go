package linear

import (
	"errors"
	"math"

	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// factorBlock is the order of the diagonal blocks of a factor, and the number
// of rows of a gram tile.
const factorBlock = 64

// errPivot: the matrix is not positive definite in float32.
var errPivot = errors.New("eval: matrix is not positive definite")

// square is a symmetric or lower triangular n×n matrix of float32, row-major;
// only the lower triangle counts.
type square struct {
	n int
	a []float32
}

func newSquare(n int) *square { return &square{n: n, a: make([]float32, n*n)} }

// row returns the elements [lo, hi) of row i.
func (s *square) row(i, lo, hi int) []float32 { return s.a[i*s.n+lo : i*s.n+hi] }

// gram sets the lower triangle of s to X·Xᵀ + c, with products in float32 and
// sums widened as Panel does.
func (s *square) gram(x matrix.View, c float64, threads int) {
	readers := make([]matrix.Reader, max(1, threads))
	for i := range readers {
		readers[i].M = x
	}
	var panels simd.Panel[float32]
	for j0 := 0; j0 < s.n; j0 += factorBlock {
		j1 := min(j0+factorBlock, s.n)
		panels.PackRows(copyRows(x, j0, j1))
		s.update(&panels, j0, j1, j0, threads, func(worker, lo, hi int) [][]float32 {
			return readers[worker].Read(lo, hi)
		}, func(_ float32, dot float64) float32 { return float32(dot + c) })
	}
}

// copyRows returns the rows [lo, hi) of x as slices that stay valid.
func copyRows(x matrix.View, lo, hi int) [][]float32 {
	var rows [][]float32
	for ; lo < hi; lo += matrix.BlockRows {
		r := matrix.Reader{M: x}
		rows = append(rows, r.Read(lo, min(lo+matrix.BlockRows, hi))...)
	}
	return rows
}

// update sets the columns [j0, j1) of the rows from `from` on to f of the old
// element and the product of rows(i) with the panel.
func (s *square) update(p *simd.Panel[float32], j0, j1, from, threads int, rows func(worker, lo, hi int) [][]float32, f func(old float32, dot float64) float32) {
	blocks := (s.n - from + matrix.BlockRows - 1) / matrix.BlockRows
	buffers := make([][]float64, max(1, threads))
	tasks.Do(threads, blocks, func(worker, b int) {
		lo := from + b*matrix.BlockRows
		hi := min(lo+matrix.BlockRows, s.n)
		buffers[worker] = zeroed(buffers[worker], matrix.BlockRows*p.Stride())
		dots := buffers[worker]
		p.Dot(dots, rows(worker, lo, hi))
		for i := lo; i < hi; i++ {
			z := dots[(i-lo)*p.Stride():]
			row := s.row(i, j0, j1)
			for j := range row {
				row[j] = f(row[j], z[j])
			}
		}
	})
}

// factor is the Cholesky factor L of a positive definite matrix, with the
// inverse of each of its diagonal blocks and the transpose of that.
type factor struct {
	l                  *square
	inverse, transpose [][][]float32
	threads            int
}

// cholesky overwrites a with its factor, L·Lᵀ = a, by the left-looking blocked
// algorithm (Golub and Van Loan, Matrix Computations, 4th ed., section 4.2.5):
// products in float32 with float64 sums, diagonal blocks in float64. It returns
// errPivot when a pivot is not positive.
func cholesky(a *square, threads int) (*factor, error) {
	f := &factor{l: a, threads: threads}
	var p simd.Panel[float32]
	for j0 := 0; j0 < a.n; j0 += factorBlock {
		j1 := min(j0+factorBlock, a.n)
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
		f.inverse, f.transpose = append(f.inverse, narrow(inv)), append(f.transpose, narrow(transposed(inv)))
		p.Pack(inv)
		a.update(&p, j0, j1, j1, threads,
			func(_, lo, hi int) [][]float32 { return a.rows(lo, hi, j0, j1) },
			func(_ float32, dot float64) float32 { return float32(dot) })
	}
	return f, nil
}

// ridged factors sum() + ridge/scale·I, with a larger ridge where that is not positive
// definite in float32, and returns the ridge it took.
func ridged(ridge, scale float64, threads int, sum func() *square) (*factor, float64, error) {
	for {
		f, err := cholesky(sum().shifted(ridge/scale), threads)
		if err == nil {
			return f, ridge, nil
		}
		if ridge *= 10; math.IsInf(ridge, 0) || math.IsNaN(ridge) {
			return nil, ridge, err
		}
	}
}

// rows returns the columns [j0, j1) of the rows [lo, hi).
func (s *square) rows(lo, hi, j0, j1 int) [][]float32 {
	r := make([][]float32, 0, hi-lo)
	for i := lo; i < hi; i++ {
		r = append(r, s.row(i, j0, j1))
	}
	return r
}

// factorDiagonal replaces the diagonal block [j0, j1) by its factor and returns
// the rows of the inverse of that.
func (s *square) factorDiagonal(j0, j1 int) ([][]float64, error) {
	n := j1 - j0
	l, inv := dense(n, n), dense(n, n)
	for i := range n {
		for j := range i + 1 {
			sum := float64(s.a[(j0+i)*s.n+j0+j])
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
			s.a[(j0+i)*s.n+j0+j] = float32(l[i][j])
		}
	}
	return inv, nil
}

// dense returns an n×m matrix of zeros.
func dense(n, m int) [][]float64 {
	data := make([]float64, n*m)
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = data[i*m : (i+1)*m : (i+1)*m]
	}
	return rows
}

func transposed(a [][]float64) [][]float64 {
	t := dense(len(a), len(a))
	for i, row := range a {
		for j, v := range row {
			t[j][i] = v
		}
	}
	return t
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
