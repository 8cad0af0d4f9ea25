package precondition

import (
	"context"
	"errors"

	"repbench/eval/linear/internal/cholesky"
	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/internal/tasks"
)

// perClass preconditions the Newton system of each class with the Hessian of that class,
//
//	P_k = ρI + 2C·Σ_{i active for k} x_i·x_iᵀ,
//
// where there are few rows: by the Woodbury identity its factor has the order of the
// active ones. With hardly more rows than columns almost each is a direction of its own,
// and one matrix for all classes, which weighs a row by how many it is active for, is
// wrong in most of them.
type perClass struct {
	rows      *passes.Native
	gram      *cholesky.Square // X·Xᵀ + 1
	meanNorm  float64          // of the squared norms of the rows, the constant included
	factors   map[int32]*ownFactor
	current   []*ownFactor // the factors of the last update
	condition float64      // of the Hessians, at the most
}

// ownFactor is the factor of one class.
type ownFactor struct {
	ridge  float64          // ρ
	keep   []int            // rows that are active
	memory []float32        // of the factor
	factor *cholesky.Factor // of their part of gram + ρ/2C·I; nil: P = I
}

func newPerClass(rows *passes.Native, meanNorm float64) *perClass {
	p := &perClass{rows: rows, gram: cholesky.NewSquare(rows.X.N), meanNorm: meanNorm, factors: make(map[int32]*ownFactor)}
	p.gram.Gram(rows.X, 1, rows.Threads())
	return p
}

// Update makes factors for the rows active now, in the memory of the factors before.
func (p *perClass) Update(_ context.Context, c float64, active []Active) error {
	p.condition = 2 * c * float64(p.rows.X.N) * p.meanNorm
	p.current = p.current[:0]
	for _, a := range active {
		if p.factors[a.Class] == nil {
			p.factors[a.Class] = new(ownFactor)
		}
		p.current = append(p.current, p.factors[a.Class])
	}
	errs := make([]error, len(active))
	tasks.Do(p.rows.Threads(), len(active), func(_, k int) { errs[k] = p.refactor(p.current[k], c, active[k]) })
	return errors.Join(errs...)
}

// refactor makes the factor of one class.
func (p *perClass) refactor(f *ownFactor, c float64, a Active) (err error) {
	f.keep, f.factor = f.keep[:0], nil
	for i := range p.rows.X.N {
		if a.Row(i) {
			f.keep = append(f.keep, i)
		}
	}
	f.ridge = max(1, sketchFloor*2*c*float64(len(f.keep))*p.meanNorm)
	if len(f.keep) == 0 {
		return nil
	}
	f.factor, f.ridge, err = cholesky.Ridged(f.ridge, 2*c, 1, func() *cholesky.Square { return p.part(f) })
	return err
}

// part copies the part of gram that belongs to the active rows.
func (p *perClass) part(f *ownFactor) *cholesky.Square {
	n := len(f.keep)
	if cap(f.memory) < n*n {
		f.memory = make([]float32, n*n)
	}
	a := &cholesky.Square{N: n, A: f.memory[:n*n]}
	for i, row := range f.keep {
		from, to := p.gram.Row(row, 0, row+1), a.Row(i, 0, i+1)
		for j := range to {
			to[j] = from[f.keep[j]]
		}
	}
	return a
}

// Shared implements Preconditioner.
func (p *perClass) Shared() bool { return false }

// Apply sets dst to P⁻¹ = (I - X_Aᵀ·(ρ/2C·I + X_A·X_Aᵀ)⁻¹·X_A)/ρ times src, A the active
// rows.
func (p *perClass) Apply(ctx context.Context, dst, src [][]float64) error {
	for k, v := range src {
		copy(dst[k], v)
	}
	err := addByRows(ctx, p.rows, p.condition, dst, src, func(u [][]float64) {
		tasks.Do(p.rows.Threads(), len(u), func(_, k int) { p.current[k].explain(u[k]) })
	})
	if err != nil {
		return err
	}
	for k, f := range p.current {
		vec.ScaleAll(dst[k:k+1], 1/f.ridge)
	}
	return nil
}

// explain replaces u = X·v by the Woodbury coefficients: the combinations of the active
// rows that are to be added to v.
func (f *ownFactor) explain(u []float64) {
	v := make([]float64, len(f.keep))
	for i, row := range f.keep {
		v[i] = u[row]
	}
	if f.factor != nil {
		f.factor.Solve([][]float64{v})
	}
	clear(u)
	for i, row := range f.keep {
		u[row] = -v[i]
	}
}
