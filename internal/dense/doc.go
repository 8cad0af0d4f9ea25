// Package dense holds the matrix work in float64 that metrics of sample quality need:
// covariances of feature rows, products, Cholesky factors, and eigenvalues of symmetric
// matrices.
//
// Matrices are row-major. Every result is the same, bit for bit, for any number of threads: a
// sum has one order, whichever goroutine computes it. It depends on the instruction set.
//
//	mean := dense.Means(x, threads)                          // x: n×d rows of features
//	cov, err := dense.Covariance(ctx, x, mean, threads)      // d×d
//	order, rank := dense.PivotedCholesky(l, l.Rows, threads) // l, a copy of it: L
//	values, err := dense.Eigenvalues(ctx, cov, threads)      // ascending; spoils cov
//
// Work on matrices runs through blocks that simd.WideTile multiplies (Goto and van de Geijn,
// Anatomy of High-Performance Matrix Multiplication, 2008).
package dense
