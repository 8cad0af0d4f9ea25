package dense

import (
	"context"
	"fmt"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// meanColumns is the number of columns that a task adds up, sumRows the number of rows after
// which their sum joins that of the rows before: rounding grows with both numbers, not with
// their product.
const (
	meanColumns = 256
	sumRows     = 1024
)

// Means returns the mean of each column of x (N×D, N at least 1) in float64. Another order of
// the rows may change their rounding.
func Means(x matrix.View, threads int) []float64 {
	mean := make([]float64, x.D)
	tasks.Do(threads, (x.D+meanColumns-1)/meanColumns, func(_, task int) {
		lo := task * meanColumns
		hi := min(lo+meanColumns, x.D)
		columnSums(mean[lo:hi], x.Cols(lo, hi))
	})
	for j := range mean {
		mean[j] /= float64(x.N)
	}
	return mean
}

// columnSums adds the rows of x to sums.
func columnSums(sums []float64, x matrix.View) {
	part := make([]float64, len(sums))
	r := matrix.Reader{M: x}
	for lo := 0; lo < x.N; lo += matrix.BlockRows {
		for _, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			for j, v := range row {
				part[j] += float64(v)
			}
		}
		if (lo+matrix.BlockRows)%sumRows == 0 || lo+matrix.BlockRows >= x.N {
			for j, v := range part {
				sums[j] += v
			}
			clear(part)
		}
	}
}

// Covariance returns Σ (x−mean)(x−mean)ᵀ/(N−1) of the rows of x (N×D, N at least 2), D×D,
// both triangles filled. Differences, products and sums are float64. Another order of the
// rows may change their rounding. It returns the error of ctx when that ends.
func Covariance(ctx context.Context, x matrix.View, mean []float64, threads int) (*Matrix, error) {
	if x.N < 2 {
		return nil, fmt.Errorf("the covariance of %d rows is not defined", x.N)
	}
	return gram(ctx, x, mean, 1/float64(x.N-1), threads)
}

func gram(ctx context.Context, x matrix.View, mean []float64, scale float64, threads int) (*Matrix, error) {
	return crossProducts(ctx, x.N, x.D, scale, threads, func() func(dst *Matrix, lo, hi int) {
		r := matrix.Reader{M: x}
		return func(dst *Matrix, lo, hi int) {
			for i, row := range r.Read(lo, hi) {
				centre(dst.Row(i), row, mean)
			}
		}
	})
}

// centre sets dst to row − mean.
func centre(dst []float64, row []float32, mean []float64) {
	dst, mean = dst[:len(row)], mean[:len(row)]
	for j, v := range row {
		dst[j] = float64(v) - mean[j]
	}
}

// crossProducts returns scale·YᵀY, d×d, of n rows of float64 that reader's function writes to
// dst, at most matrix.BlockRows at a time; each goroutine has its own.
func crossProducts(ctx context.Context, n, d int, scale float64, threads int, reader func() func(dst *Matrix, lo, hi int)) (*Matrix, error) {
	c, block := New(d, d), New(min(depth, n), d)
	work := newWorkspace(threads)
	readers := make([]func(*Matrix, int, int), max(1, threads))
	for lo := 0; lo < n; lo += depth {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+depth, n)
		tasks.Do(threads, (hi-lo+matrix.BlockRows-1)/matrix.BlockRows, func(worker, task int) {
			if readers[worker] == nil {
				readers[worker] = reader()
			}
			from := task * matrix.BlockRows
			to := min(from+matrix.BlockRows, hi-lo)
			readers[worker](block.Part(from, to, 0, d), lo+from, lo+to)
		})
		rows := block.Part(0, hi-lo, 0, d)
		work.multiplyLower(c, Operand{M: rows, Transposed: true}, Operand{M: rows}, lo > 0)
	}
	for i := range d {
		for j, v := range c.Row(i)[:i+1] {
			c.Row(i)[j] = v * scale
		}
	}
	c.Mirror()
	return c, nil
}

// CovarianceBytes returns about the memory that the covariance of rows of d features takes
// beside its result.
func CovarianceBytes(d, threads int) int64 {
	return Bytes(depth, d) + 8*depth*int64(min(widest, d)+threads*tallest)
}
