package dense

import (
	"context"
	"slices"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// singularRows is the number of rows that join the triangle at once.
const singularRows = 1024

// SingularValues returns the min(N, D) singular values of x − mean (N×D; mean has D elements, or
// is nil for 0), the largest first. Their absolute error is some multiple of 2⁻⁵³ of the largest:
// unlike roots of eigenvalues of XᵀX, small ones are right too.
//
// A QR factorisation takes the rows block by block, so that only the triangle, of order
// min(N, D), is kept; it is reduced to a bidiagonal matrix, whose singular values are the
// positive eigenvalues of the tridiagonal one of zeros with its elements beside (Golub and
// Kahan, 1965). It returns the error of ctx when that ends.
func SingularValues(ctx context.Context, x matrix.View, mean []float64, threads int) ([]float64, error) {
	t := newTriangle(min(x.N, x.D), threads)
	length := max(x.N, x.D)
	block := New(t.r.Rows, min(singularRows, length))
	for lo := 0; lo < length; lo += singularRows {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		part := block.Part(0, block.Rows, 0, min(singularRows, length-lo))
		if x.N < x.D {
			someColumns(part, x, mean, lo, threads)
		} else {
			someRows(part, x, mean, lo, threads)
		}
		t.add(part)
	}
	for i := range t.r.Rows {
		clear(t.r.Row(i)[:i])
	}
	return singularOf(ctx, t.r, threads)
}

// SingularBytes returns about the memory that SingularValues takes.
func SingularBytes(n, d, threads int) int64 {
	k, length := min(n, d), max(n, d)
	return Bytes(k, k) + Bytes(k, min(singularRows, length)) + Bytes(2*reflectorRows+4*panelRows, k) + 8*depth*int64(min(widest, k)+threads*tallest)
}

// singularOf returns the singular values of a square matrix, and spoils it.
func singularOf(ctx context.Context, a *Matrix, threads int) ([]float64, error) {
	scale, err := normalise(a, false)
	if err != nil || scale == 0 {
		return make([]float64, a.Rows), err
	}
	d, e, err := bidiagonal(ctx, a, threads)
	if err != nil {
		return nil, err
	}
	beside := make([]float64, 0, 2*len(d))
	for i, v := range d {
		beside = append(beside, v)
		if i < len(e) {
			beside = append(beside, e[i])
		}
	}
	both := make([]float64, 2*len(d)) // −σ and σ
	if err := qlValues(both, beside); err != nil {
		return nil, err
	}
	values := both[len(d):]
	slices.Reverse(values)
	for i, v := range values {
		values[i] = max(0, v) / scale
	}
	return values, nil
}

// someRows writes the rows of x from lo on, less mean, to the columns of dst.
func someRows(dst *Matrix, x matrix.View, mean []float64, lo, threads int) {
	tasks.Do(threads, (dst.Cols+matrix.BlockRows-1)/matrix.BlockRows, func(_, task int) {
		r := matrix.Reader{M: x}
		from := task * matrix.BlockRows
		to := min(from+matrix.BlockRows, dst.Cols)
		rows := r.Read(lo+from, lo+to)
		for j := range dst.Rows {
			m, out := at(mean, j), dst.Row(j)[from:to]
			for i, row := range rows {
				out[i] = float64(row[j]) - m
			}
		}
	})
}

// someColumns writes the columns of x from lo on, less mean, to dst, which has the rows of x.
func someColumns(dst *Matrix, x matrix.View, mean []float64, lo, threads int) {
	part := x.Cols(lo, lo+dst.Cols)
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(_, task int) {
		r := matrix.Reader{M: part}
		from := task * matrix.BlockRows
		for i, row := range r.Read(from, min(from+matrix.BlockRows, x.N)) {
			out := dst.Row(from + i)
			for j, v := range row {
				out[j] = float64(v) - at(mean, lo+j)
			}
		}
	})
}

// at is element j of mean, or 0.
func at(mean []float64, j int) float64 {
	if mean == nil {
		return 0
	}
	return mean[j]
}
