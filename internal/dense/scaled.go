package dense

import (
	"context"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// ScaledGram returns scale·YᵀY, D×D, both triangles filled, of the rows of x (N×D), each
// divided by its norm; a row of norm 0 is left out.
func ScaledGram(ctx context.Context, x matrix.View, norms []float64, scale float64, threads int) (*Matrix, error) {
	return crossProducts(ctx, x.N, x.D, scale, threads, func() func(dst *Matrix, lo, hi int) {
		r := matrix.Reader{M: x}
		return func(dst *Matrix, lo, hi int) {
			for i, row := range r.Read(lo, hi) {
				divide(dst.Row(i), row, norms[lo+i])
			}
		}
	})
}

// Scaled returns the rows of x (N×D) in float64, each divided by its norm. A row of norm 0
// becomes zeros.
func Scaled(x matrix.View, norms []float64, threads int) *Matrix {
	c := New(x.N, x.D)
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(_, task int) {
		r := matrix.Reader{M: x}
		lo := task * matrix.BlockRows
		for i, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			divide(c.Row(lo+i), row, norms[lo+i])
		}
	})
	return c
}

// divide sets dst to row/norm, or to zeros where norm is 0.
func divide(dst []float64, row []float32, norm float64) {
	if norm == 0 {
		clear(dst)
		return
	}
	for j, v := range row {
		dst[j] = float64(v) / norm
	}
}
