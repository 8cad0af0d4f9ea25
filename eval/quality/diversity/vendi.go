package diversity

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
)

// VendiKernel says how alike two rows are.
type VendiKernel int

// The kernels of the Vendi score.
const (
	// VendiCosine is the cosine of the angle of two rows, 0 for a row of zeros.
	VendiCosine VendiKernel = iota
	// VendiCubic is (x·y/d + 1)³ of rows scaled to norm 1, the kernel of dgm-eval. A row is
	// like itself by more than 1, so the score can be below 1 and is no number of kinds;
	// dgm-eval prints its mean over classes.
	VendiCubic
)

// VendiValue is the Vendi score of a set of n rows: its effective number of kinds, from 1 (all
// alike) to n.
type VendiValue struct {
	// Q1 is exp(−Σ λ ln λ) over the eigenvalues λ of the kernel matrix divided by n.
	Q1 float64
	// Q2 is 1/Σ λ²: kinds that are rare count for less.
	Q2 float64
	// QInf is 1/max λ: the commonest kind alone counts.
	QInf float64
	// ZeroRows is the number of rows of zeros, which are like nothing, themselves included.
	ZeroRows int
	// Warnings say so where there are any.
	Warnings []string
}

// Vendi returns the Vendi score of the rows of gen (n×d) of orders 1, 2 and infinity (Friedman
// and Dieng, The Vendi Score, TMLR 2023, definition 3.1; orders: Pasarkar and Dieng, Cousins of
// the Vendi Score, 2023). The eigenvalues of the kernel matrix of cosines, n×n, are those of
// XᵀX/n, d×d, of rows scaled to norm 1, and zeros: the smaller of both is computed. It keeps
// that matrix of float64 in memory; VendiCubic always keeps the n×n one.
func Vendi(ctx context.Context, gen matrix.View, kernel VendiKernel, o metric.Options) (VendiValue, error) {
	if err := o.Validate(); err != nil {
		return VendiValue{}, err
	}
	o = o.WithDefaults()
	if err := metric.CheckSet(metric.NameVendi, metric.GeneratedSet, gen); err != nil {
		return VendiValue{}, err
	}
	if err := metric.CheckFinite(metric.GeneratedSet, gen, o.Threads); err != nil {
		return VendiValue{}, fmt.Errorf("%s: %w", metric.NameVendi, err)
	}
	norms := rowNorms(gen, o.Threads)
	k, err := vendiKernel(ctx, gen, norms, kernel, o)
	if err != nil {
		return VendiValue{}, err
	}
	values, err := dense.Eigenvalues(ctx, k, o.Threads)
	if err != nil {
		return VendiValue{}, fmt.Errorf("%s: %w", metric.NameVendi, err)
	}
	v := vendiOf(values)
	for _, n := range norms {
		if n == 0 {
			v.ZeroRows++
		}
	}
	if v.ZeroRows > 0 && kernel == VendiCosine {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%d of %d rows are zeros, which have no direction; they count as like nothing", v.ZeroRows, gen.N))
	}
	return v, nil
}

// vendiOf returns the scores of the eigenvalues; negative ones, which are rounding, count as
// 0.
func vendiOf(values []float64) VendiValue {
	var entropy, squares, largest float64
	for _, l := range values {
		if l > 0 {
			entropy -= l * math.Log(l)
			squares += l * l
			largest = max(largest, l)
		}
	}
	if largest == 0 { // rows of zeros alone
		return VendiValue{}
	}
	return VendiValue{Q1: math.Exp(entropy), Q2: 1 / squares, QInf: 1 / largest}
}

// vendiKernel returns a matrix of the eigenvalues of the kernel matrix divided by n.
func vendiKernel(ctx context.Context, x matrix.View, norms []float64, kernel VendiKernel, o metric.Options) (*dense.Matrix, error) {
	scale := 1 / float64(x.N)
	order := min(x.N, x.D)
	if kernel == VendiCubic {
		order = x.N
	}
	other := dense.CovarianceBytes(x.D, o.Threads)
	if order == x.N && order != x.D || kernel == VendiCubic {
		other += dense.Bytes(x.N, x.D)
	}
	if err := metric.CheckMatrices(metric.NameVendi, 1, order, other, o); err != nil {
		return nil, err
	}
	switch {
	case kernel == VendiCubic:
		k, err := rowProducts(ctx, x, norms, 1/float64(x.D), o)
		if err != nil {
			return nil, err
		}
		for i := range k.Rows {
			for j, v := range k.Row(i)[:i+1] {
				k.Row(i)[j] = (v + 1) * (v + 1) * (v + 1) * scale
			}
		}
		return k, nil
	case kernel != VendiCosine:
		return nil, errkind.Errorf(metric.ErrOptions, "%s: kernel %d is not known", metric.NameVendi, kernel)
	case x.N < x.D:
		return rowProducts(ctx, x, norms, scale, o)
	}
	return dense.ScaledGram(ctx, x, norms, scale, o.Threads)
}

// rowProducts returns scale·x·xᵀ, n×n (lower triangle), of rows divided by their norms.
func rowProducts(ctx context.Context, x matrix.View, norms []float64, scale float64, o metric.Options) (*dense.Matrix, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows := dense.Scaled(x, norms, o.Threads)
	k := dense.New(x.N, x.N)
	dense.MultiplyLower(k, dense.Operand{M: rows}, dense.Operand{M: rows, Transposed: true}, false, o.Threads)
	for i := range k.Rows {
		row := k.Row(i)[:i+1]
		for j := range row {
			row[j] *= scale
		}
	}
	return k, ctx.Err()
}
