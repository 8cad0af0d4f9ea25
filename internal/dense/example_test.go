package dense_test

import (
	"context"
	"fmt"

	"repbench/features/matrix"
	"repbench/internal/dense"
)

// The eigenvalues of a covariance, and its Cholesky factor.
func Example() {
	x, err := matrix.New([]float32{0, 0, 2, 0, 0, 4, 2, 4}, 4, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	const threads = 2
	mean := dense.Means(x, threads)
	cov, err := dense.Covariance(context.Background(), x, mean, threads)
	if err != nil {
		fmt.Println(err)
		return
	}
	l := cov.Clone()
	order, rank := dense.PivotedCholesky(l, l.Rows, threads)
	values, err := dense.Eigenvalues(context.Background(), cov, threads)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(mean)
	fmt.Printf("%.4f\n", values)
	fmt.Println(order, rank)
	// Output:
	// [1 2]
	// [1.3333 5.3333]
	// [0 1] 2
}
