package linear

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// preconditioner approximates the inverse of the Hessian of each problem.
type preconditioner interface {
	// update adapts it to the rows that are active now, for the cost c.
	update(ctx context.Context, c float64, bs []*binary) error
	// apply sets s = P⁻¹·r of each system.
	apply(ctx context.Context, systems []*system) error
}

// When exact factors are used.
const (
	// exactAbove is the condition number above which they are worth their cost.
	exactAbove = 1e5
	// exactFlops is the most they may cost a Newton step.
	exactFlops = 2e10
)

// exact factors the Hessian of every class in float64: of order D+1, or of the
// order of the active rows where those are fewer (then by the Woodbury
// identity). It serves ill-conditioned problems of moderate size, where one
// matrix for all classes in float32 is no longer close to each of them.
type exact struct {
	y       []int32
	sweep   *sweeper
	c       float64
	gram    [][]float64 // X·Xᵀ + 1 where N ≤ D, else nil
	factors map[int32]*mat.Cholesky
	rows    map[int32][]int // active rows of a class, where gram is used
}

// exactCost returns the floating-point operations of a call of update.
func exactCost(n, d, classes int) float64 {
	r := float64(min(n, d+1))
	ops := r * r * r / 3
	if n > d {
		ops += 2 * float64(n) * r * r
	}
	return ops * float64(classes)
}

func newExact(sweep *sweeper, y []int32) *exact {
	e := &exact{y: y, sweep: sweep}
	if x := sweep.x; x.N <= x.D {
		e.gram = gram64(x, len(sweep.workers))
	}
	return e
}

// gram64 returns X·Xᵀ + 1 in float64.
func gram64(x matrix.View, threads int) [][]float64 {
	g := dense(x.N, x.N)
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

func (e *exact) update(ctx context.Context, c float64, bs []*binary) error {
	e.c, e.factors, e.rows = c, make(map[int32]*mat.Cholesky), make(map[int32][]int)
	for _, b := range bs {
		m, err := e.matrix(ctx, b)
		if err != nil {
			return err
		}
		f := new(mat.Cholesky)
		if m != nil && !f.Factorize(m) {
			return fmt.Errorf("eval: class %d at C = %g: the Hessian is not positive definite in float64; scale the features or lower C", b.class, c)
		}
		e.factors[b.class] = f
	}
	return nil
}

// matrix returns the matrix to factor for b: I + 2C·Σ x·xᵀ over its active
// rows, or I/2C + their Gram matrix. It is nil when no row is active.
func (e *exact) matrix(ctx context.Context, b *binary) (*mat.SymDense, error) {
	if e.gram == nil {
		return e.hessian(ctx, b)
	}
	var rows []int
	for i := range e.y {
		if b.active(e.y, i) {
			rows = append(rows, i)
		}
	}
	e.rows[b.class] = rows
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

// hessian returns I + 2C·Σ x·xᵀ over the active rows of b.
func (e *exact) hessian(ctx context.Context, b *binary) (*mat.SymDense, error) {
	d := e.sweep.x.D + 1
	stride := simd.Padded(d)
	h := dense(d, d)
	err := e.sweep.sum(ctx, stride, h, func(wk *worker, part int) {
		e.sweep.eachBlock(part, func(lo, hi int) {
			rows := wk.Read(lo, hi)
			s := factors[float64](wk, len(rows)*stride)
			for i, row := range rows {
				if !b.active(e.y, lo+i) {
					continue
				}
				for j, v := range row {
					s[i*stride+j] = 2 * e.c * float64(v)
				}
				s[i*stride+d-1] = 2 * e.c
			}
			add(wk, s, stride, rows)
		})
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

func (e *exact) apply(ctx context.Context, systems []*system) error {
	if e.gram == nil {
		for _, sys := range systems {
			// The only error is a warning about the condition number, with a solution
			// that the conjugate gradients then improve.
			_ = e.factors[sys.b.class].SolveVecTo(mat.NewVecDense(len(sys.s), sys.s), mat.NewVecDense(len(sys.q), sys.q))
		}
		return nil
	}
	u, err := productsOf[float64](ctx, e.sweep, vectors(systems, residual))
	if err != nil {
		return err
	}
	for k, sys := range systems {
		copy(sys.s, sys.q)
		e.active(sys.b, u[k])
	}
	return combine[float64](ctx, e.sweep, u, vectors(systems, preconditioned))
}

// active replaces u by -(I/2C + G)⁻¹·u on the active rows of b, zero elsewhere.
func (e *exact) active(b *binary, u []float64) {
	rows := e.rows[b.class]
	v := mat.NewVecDense(max(1, len(rows)), nil)
	for i, r := range rows {
		v.SetVec(i, u[r])
	}
	clear(u)
	if len(rows) == 0 {
		return
	}
	_ = e.factors[b.class].SolveVecTo(v, v) // see apply
	for i, r := range rows {
		u[r] = -v.AtVec(i)
	}
}
