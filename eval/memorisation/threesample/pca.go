package threesample

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"repbench/eval/memorisation/faults"
	"repbench/features/matrix"
	"repbench/internal/dense"
)

const (
	// components is the number of principal components of dgm-eval's C_T, more the number of
	// axes that are iterated beside them.
	components = 64
	more       = 10
	// turns is the largest number of steps, settled the relative change of the last
	// component's variance at which they end.
	turns   = 100
	settled = 1e-6
)

// project takes the principal components of the training rows, if rows are wider.
func (s Sets) project(ctx context.Context, o CTOptions) (Sets, error) {
	k := or(o.Components, components)
	if s.Train.D <= k {
		return s, nil
	}
	if s.Train.N <= k {
		return s, fmt.Errorf("C_T: %d training rows have no %d principal components: %w", s.Train.N, k, faults.ErrFewRows)
	}
	mean, axes, err := principal(ctx, s.Train, k, o.Seed, o.Threads)
	if err != nil {
		return s, err
	}
	return Sets{projected(s.Train, mean, axes, o.Threads), projected(s.HeldOut, mean, axes, o.Threads), projected(s.Generated, mean, axes, o.Threads)}, nil
}

// principal returns the mean of the rows and their first k principal axes, k×D, by orthogonal
// iteration of the covariance with 10 more axes and the axes of the covariance within them
// (Golub and Van Loan, "Matrix computations", 4th ed., section 8.2.4 and 8.3.2).
func principal(ctx context.Context, x matrix.View, k int, seed uint64, threads int) (mean []float64, axes *dense.Matrix, err error) {
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	mean = dense.Means(x, threads)
	cov, err := dense.Covariance(ctx, x, mean, threads)
	if err != nil {
		return nil, nil, err
	}
	wide := min(k+more, x.D)
	q, z := gaussians(wide, x.D, seed), dense.New(wide, x.D)
	before := math.Inf(1)
	for range turns {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		orthonormalise(q)
		dense.Multiply(z, dense.Operand{M: q}, dense.Operand{M: cov}, false, threads)
		values, err := turnTo(q, z, threads)
		if err != nil {
			return nil, nil, err
		}
		if math.Abs(values[k-1]-before) <= settled*values[k-1]+1e-12*values[0] {
			break
		}
		before = values[k-1]
		q, z = z, q
	}
	orthonormalise(q)
	return mean, q.Part(0, k, 0, x.D), nil
}

// turnTo turns the orthonormal rows q to the axes of the covariance within them, and their products
// with the covariance, z, in the same way; it returns the variances along the axes, falling.
func turnTo(q, z *dense.Matrix, threads int) ([]float64, error) {
	n := q.Rows
	within := dense.New(n, n)
	dense.Multiply(within, dense.Operand{M: z}, dense.Operand{M: q, Transposed: true}, false, threads)
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, (within.At(i, j)+within.At(j, i))/2)
		}
	}
	var e mat.EigenSym
	if !e.Factorize(sym, true) {
		return nil, errors.New("C_T: the principal components did not converge; give rows without columns that are far larger than others")
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	turn, values := dense.New(n, n), make([]float64, n)
	for i := range n {
		values[i] = e.Values(nil)[n-1-i]
		copy(turn.Row(i), mat.Col(nil, n-1-i, &vectors))
	}
	for _, m := range []*dense.Matrix{q, z} {
		dense.Multiply(m, dense.Operand{M: turn}, dense.Operand{M: m.Clone()}, false, threads)
	}
	return values, nil
}

func gaussians(rows, cols int, seed uint64) *dense.Matrix {
	rng := rand.New(rand.NewPCG(seed, 0x9ca))
	m := dense.New(rows, cols)
	for i := range rows {
		for j := range m.Row(i) {
			m.Set(i, j, rng.NormFloat64())
		}
	}
	return m
}

// orthonormalise makes the rows orthonormal by Gram and Schmidt, twice each. A row that the ones
// before it span becomes 0.
func orthonormalise(m *dense.Matrix) {
	for i := range m.Rows {
		row := m.Row(i)
		first := floats.Norm(row, 2)
		for range 2 {
			for j := range i {
				floats.AddScaled(row, -floats.Dot(row, m.Row(j)), m.Row(j))
			}
		}
		if norm := floats.Norm(row, 2); norm > 1e-12*first {
			floats.Scale(1/norm, row)
		} else {
			clear(row)
		}
	}
}

// projected are the coordinates of rows along the axes.
func projected(x matrix.View, mean []float64, axes *dense.Matrix, threads int) matrix.View {
	out := make([]float32, x.N*axes.Rows)
	inParts(x.N, threads, func(lo, hi int) {
		buf, centred := make([]float32, x.D), make([]float64, x.D)
		for i := lo; i < hi; i++ {
			for j, v := range x.Row(i, buf) {
				centred[j] = float64(v) - mean[j]
			}
			for k := range axes.Rows {
				out[i*axes.Rows+k] = float32(floats.Dot(axes.Row(k), centred))
			}
		}
	})
	return matrix.View{Data: out, N: x.N, D: axes.Rows}
}
