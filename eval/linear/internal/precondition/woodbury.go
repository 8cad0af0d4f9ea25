package precondition

import (
	"context"

	"repbench/eval/linear/internal/passes"
	"repbench/internal/simd"
)

// narrowBelow is the condition number up to which products of the Woodbury identity
// are made in float32. It takes the small from the difference of the large: their
// error, some 1e-7, grows with that number.
const narrowBelow = 1e5

// addByRows adds Xᵀ·f(X·src) to dst, in an arithmetic that suits a preconditioner of
// that condition number.
func addByRows(ctx context.Context, sw *passes.Native, condition float64, dst, src [][]float64, f func(u [][]float64)) error {
	if condition <= narrowBelow {
		return addByRowsIn[float32](ctx, sw, dst, src, f)
	}
	return addByRowsIn[float64](ctx, sw, dst, src, f)
}

func addByRowsIn[T simd.Float](ctx context.Context, sw *passes.Native, dst, src [][]float64, f func(u [][]float64)) error {
	u, err := passes.ProductsOf[T](ctx, sw, src)
	if err != nil {
		return err
	}
	f(u)
	return passes.Combine[T](ctx, sw, u, dst)
}
