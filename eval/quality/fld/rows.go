package fld

import (
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
	"repbench/internal/tasks"
)

// scaledRows are rows of a set of FLD: each column less a mean, divided by a scale.
type scaledRows struct {
	x           matrix.View
	mean, scale []float64
}

// scaledSets are the sets of FLD with the mean and the standard deviation of the test rows.
type scaledSets struct{ train, test, gen scaledRows }

// standardise returns the sets as FLD compares them.
func standardise(train, test, gen matrix.View, o metric.Options) (scaledSets, error) {
	for _, set := range []struct {
		name string
		x    matrix.View
	}{{metric.RealSet, train}, {metric.TestSet, test}, {metric.GeneratedSet, gen}} {
		if err := metric.CheckFinite(set.name, set.x, o.Threads); err != nil {
			return scaledSets{}, fmt.Errorf("%s: %w", metric.NameFLD, err)
		}
	}
	mean := dense.Means(test, o.Threads)
	scale := make([]float64, test.D)
	buf := make([]float32, test.D)
	for i := range test.N {
		for j, v := range test.Row(i, buf) {
			scale[j] += (float64(v) - mean[j]) * (float64(v) - mean[j])
		}
	}
	for j := range scale {
		if scale[j] == 0 {
			return scaledSets{}, errkind.Errorf(metric.ErrRows, "%s: column %d of the %s set is constant (%v) and has no standard deviation; leave it out", metric.NameFLD, j, metric.TestSet, mean[j])
		}
		scale[j] = math.Sqrt(scale[j] / float64(test.N-1))
	}
	scaled := func(x matrix.View) scaledRows { return scaledRows{x: x, mean: mean, scale: scale} }
	return scaledSets{train: scaled(train), test: scaled(test), gen: scaled(gen)}, nil
}

// subset returns the rows that index names.
func (s scaledRows) subset(index []int32) scaledRows {
	s.x = s.x.Subset(index)
	return s
}

// read writes the rows [lo, hi) to dst.
func (s scaledRows) read(dst *dense.Matrix, lo, hi, threads int) {
	tasks.Do(threads, (hi-lo+matrix.BlockRows-1)/matrix.BlockRows, func(_, task int) {
		r := matrix.Reader{M: s.x}
		from := lo + task*matrix.BlockRows
		for i, row := range r.Read(from, min(from+matrix.BlockRows, hi)) {
			out := dst.Row(from - lo + i)
			for j, v := range row {
				out[j] = (float64(v) - s.mean[j]) / s.scale[j]
			}
		}
	})
}

// means returns the mean of each column.
func (s scaledRows) means(threads int) []float64 {
	mean := dense.Means(s.x, threads)
	for j := range mean {
		mean[j] = (mean[j] - s.mean[j]) / s.scale[j]
	}
	return mean
}

// all returns all rows.
func (s scaledRows) all(threads int) *dense.Matrix {
	m := dense.New(s.x.N, s.x.D)
	s.read(m, 0, s.x.N, threads)
	return m
}

const (
	// fldChunk is the number of rows whose distances are computed at once, and whose gradients
	// are added up before they join the others'.
	fldChunk = 256
	// fldNear is the share of the squared norms of two rows below which their squared
	// distance is computed by its definition: above, rounding is at most 10⁻¹⁰ of it.
	fldNear = 1e-5
)

// squaredNorms returns the squared norms of the rows of m.
func squaredNorms(m *dense.Matrix) []float64 {
	norms := make([]float64, m.Rows)
	for i := range norms {
		for _, v := range m.Row(i) {
			norms[i] += v * v
		}
	}
	return norms
}

// eachDistances calls do for chunks of rows of x, and their squared distances to all rows of mu:
// row i of both belongs to row lo+i of x. The calls come one after the other.
func eachDistances(x scaledRows, mu *dense.Matrix, threads int, do func(lo int, rows, squares *dense.Matrix)) {
	chunk := min(fldChunk, x.x.N)
	allRows, allSquares, mm := dense.New(chunk, mu.Cols), dense.New(chunk, mu.Rows), squaredNorms(mu)
	for lo := 0; lo < x.x.N; lo += chunk {
		n := min(chunk, x.x.N-lo)
		rows, c := allRows.Part(0, n, 0, mu.Cols), allSquares.Part(0, n, 0, mu.Rows)
		x.read(rows, lo, lo+n, threads)
		xx := squaredNorms(rows)
		dense.Multiply(c, dense.Operand{M: rows}, dense.Operand{M: mu, Transposed: true}, false, threads)
		tasks.Do(threads, n, func(_, i int) {
			out := c.Row(i)
			for k, p := range out {
				sum := xx[i] + mm[k]
				out[k] = sum - 2*p
				if out[k] < fldNear*sum {
					out[k] = squaredDistance(rows.Row(i), mu.Row(k))
				}
			}
		})
		do(lo, rows, c)
	}
}

// squaredDistance is Σ(a−b)².
func squaredDistance(a, b []float64) float64 {
	var sum float64
	for j, v := range a {
		sum += (v - b[j]) * (v - b[j])
	}
	return sum
}
