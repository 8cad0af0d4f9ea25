package linear

import (
	"context"

	"repbench/internal/simd"
)

// products makes the passes of a fit over its matrix: the products of the rows
// with some vectors and, of the same rows, the sum weighted by what follows from
// them. Vectors have D+1 elements; the last one belongs to the constant feature
// 1. A sweeper makes them where the matrix lies, a deviceMatrix on a backend.
type products interface {
	// parts returns the number of parts into which a pass divides the rows.
	parts() int
	// pass32 and pass64 multiply the matrix by the vectors w, let weigh turn the
	// products into weights, and add Σ_i s_ik·(x_i, 1) to out[k], with arithmetic in
	// float32 or float64 and sums of float64. Without vectors there are no products,
	// and weigh gets none.
	pass32(ctx context.Context, w, out [][]float64, weigh weighing[float32]) error
	pass64(ctx context.Context, w, out [][]float64, weigh weighing[float64]) error
	// String says what makes them, for results.
	String() string
}

// weighing turns the products z[i*stride+k] = x_i·w_k + b_k of the rows from lo
// on, which belong to that part, into the weights s of the same layout, zero
// before. Calls for several blocks of rows run at once.
type weighing[T simd.Float] func(part, lo, rows int, z []float64, s []T, stride int)

// pass is pass32 or pass64, whichever has arithmetic in T.
func pass[T simd.Float](ctx context.Context, p products, w, out [][]float64, weigh weighing[T]) error {
	if narrow, ok := any(weigh).(weighing[float32]); ok {
		return p.pass32(ctx, w, out, narrow)
	}
	return p.pass64(ctx, w, out, any(weigh).(weighing[float64]))
}

func (sw *sweeper) pass32(ctx context.Context, w, out [][]float64, weigh weighing[float32]) error {
	return fused(ctx, sw, w, out, weigh)
}

func (sw *sweeper) pass64(ctx context.Context, w, out [][]float64, weigh weighing[float64]) error {
	return fused(ctx, sw, w, out, weigh)
}

// String implements products.
func (sw *sweeper) String() string { return "simd" }

// openProducts returns what makes the passes of a fit over the matrix of sw, up to width
// vectors at once, and a function that frees it: opened, a device opened for it, or,
// without either, sw. note is told before the matrix is sent to a device.
func openProducts(ctx context.Context, sw *sweeper, width int, opened *openedDevice, o deviceOptions, note func(string)) (p products, free func(), err error) {
	dev, release := opened, func() {}
	if dev == nil && o.Backend != "" {
		if dev, err = o.Open(); err != nil {
			return nil, nil, err
		}
		release = dev.Close
	}
	if dev == nil || sw.x.D == 0 {
		return sw, release, nil
	}
	note("sending the features to " + dev.name)
	m, err := newDeviceMatrix(ctx, dev, sw.x, width, sw.threads())
	if err != nil {
		release()
		return nil, nil, dev.wrap(err)
	}
	return m, func() { m.free(); release() }, nil
}
