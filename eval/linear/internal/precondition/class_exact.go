package precondition

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// exact factors the Hessian of every class in float64: of order D+1, or of the
// order of the active rows where there are fewer of them (then by the Woodbury
// identity). It serves ill-conditioned problems of moderate size, where one
// matrix for all classes in float32 is no longer close to each of them.
type exact struct {
	sweep   *passes.Native
	c       float64
	gram    [][]float64 // X·Xᵀ + 1 where N ≤ D, else nil
	factors []*mat.Cholesky
	rows    [][]int // active rows of each class, where gram is used
}

func newExact(sweep *passes.Native) *exact {
	e := &exact{sweep: sweep}
	if x := sweep.X; x.N <= x.D {
		e.gram = gram64(x, sweep.Threads())
	}
	return e
}

// gram64 returns X·Xᵀ + 1 in float64.
func gram64(x matrix.View, threads int) [][]float64 {
	g := vec.Dense(x.N, x.N)
	blocks := (x.N + matrix.BlockRows - 1) / matrix.BlockRows
	tasks.Do(threads, blocks, func(_, b int) {
		lo, hi := b*matrix.BlockRows, min((b+1)*matrix.BlockRows, x.N)
		var p simd.Panel[float64]
		r := matrix.Reader{M: x}
		p.PackRows(r.Read(lo, hi))
		z := make([]float64, matrix.BlockRows*p.Stride())
		for i := lo; i < x.N; i += matrix.BlockRows {
			end := min(i+matrix.BlockRows, x.N)
			p.Dot(z, r.Read(i, end))
			for j := i; j < end; j++ {
				for k := lo; k < hi; k++ {
					v := 1 + z[(j-i)*p.Stride()+k-lo]
					g[j][k], g[k][j] = v, v
				}
			}
		}
	})
	return g
}

// Update implements Preconditioner.
func (e *exact) Update(ctx context.Context, c float64, active []Active) error {
	e.c, e.factors, e.rows = c, make([]*mat.Cholesky, len(active)), make([][]int, len(active))
	for k, a := range active {
		m, err := e.matrix(ctx, k, a)
		if err != nil {
			return err
		}
		f := new(mat.Cholesky)
		if m != nil && !f.Factorize(m) {
			return fmt.Errorf("class %d at C = %g: the Hessian is not positive definite in float64; scale the features or lower C", a.Class, c)
		}
		e.factors[k] = f
	}
	return nil
}

// matrix returns the matrix to factor for class k: I + 2C·Σ x·xᵀ over its active
// rows, or I/2C + their Gram matrix. It is nil when no row is active.
func (e *exact) matrix(ctx context.Context, k int, a Active) (*mat.SymDense, error) {
	if e.gram == nil {
		return e.hessian(ctx, a)
	}
	var rows []int
	for i := range e.sweep.X.N {
		if a.Row(i) {
			rows = append(rows, i)
		}
	}
	e.rows[k] = rows
	if len(rows) == 0 {
		return nil, nil
	}
	m := mat.NewSymDense(len(rows), nil)
	for i, r := range rows {
		for j, q := range rows[:i+1] {
			m.SetSym(i, j, e.gram[r][q])
		}
		m.SetSym(i, i, m.At(i, i)+1/(2*e.c))
	}
	return m, nil
}

// hessian returns I + 2C·Σ x·xᵀ over the active rows.
func (e *exact) hessian(ctx context.Context, a Active) (*mat.SymDense, error) {
	d := e.sweep.X.D + 1
	h := vec.Dense(d, d)
	err := e.sweep.Pass64(ctx, nil, h, func(_, lo, rows int, _, s []float64, stride int) {
		r := matrix.Reader{M: e.sweep.X}
		for i, row := range r.Read(lo, lo+rows) {
			if !a.Row(lo + i) {
				continue
			}
			for j, v := range row {
				s[i*stride+j] = 2 * e.c * float64(v)
			}
			s[i*stride+d-1] = 2 * e.c
		}
	})
	m := mat.NewSymDense(d, nil)
	for i := range d {
		for j := range i + 1 {
			m.SetSym(i, j, h[j][i])
		}
		m.SetSym(i, i, m.At(i, i)+1)
	}
	return m, err
}

// Shared implements Preconditioner.
func (e *exact) Shared() bool { return false }

// Apply implements Preconditioner.
func (e *exact) Apply(ctx context.Context, dst, src [][]float64) error {
	if e.gram == nil {
		for k, to := range dst {
			// The only error is a warning about the condition number, with a solution
			// that the conjugate gradients then improve.
			_ = e.factors[k].SolveVecTo(mat.NewVecDense(len(to), to), mat.NewVecDense(len(to), src[k]))
		}
		return nil
	}
	u, err := passes.ProductsOf[float64](ctx, e.sweep, src)
	if err != nil {
		return err
	}
	for k, to := range dst {
		copy(to, src[k])
		e.explain(k, u[k])
	}
	return passes.Combine[float64](ctx, e.sweep, u, dst)
}

// explain replaces u by -(I/2C + G)⁻¹·u on the active rows of class k, zero elsewhere.
func (e *exact) explain(k int, u []float64) {
	rows := e.rows[k]
	v := mat.NewVecDense(max(1, len(rows)), nil)
	for i, r := range rows {
		v.SetVec(i, u[r])
	}
	clear(u)
	if len(rows) == 0 {
		return
	}
	_ = e.factors[k].SolveVecTo(v, v) // see apply
	for i, r := range rows {
		u[r] = -v.AtVec(i)
	}
}
