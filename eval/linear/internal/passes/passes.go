// Package passes makes passes over a matrix of features: the products of all rows with
// some vectors, and sums of the rows weighted by what follows from them, where the
// matrix lies (Native), from a copy in bytes (Quantised) or on a device.
package passes

import (
	"context"

	"repbench/internal/measure"
	"repbench/internal/simd"
)

// Passes makes the passes of a fit over its matrix: the products of the rows
// with some vectors and, of the same rows, the sum weighted by what follows from
// them. Vectors have D+1 elements; the last one belongs to the constant feature
// 1. A Native makes them where the matrix lies, a Quantised from bytes.
type Passes interface {
	// Parts returns the number of parts into which a pass divides the rows.
	Parts() int
	// Pass32 and Pass64 multiply the matrix by the vectors w, let weigh turn the
	// products into weights, and add Σ_i s_ik·(x_i, 1) to out[k], with arithmetic in
	// float32 or float64 and sums of float64. Without vectors there are no products,
	// and weigh gets none.
	Pass32(ctx context.Context, w, out [][]float64, weigh Weighing[float32]) error
	Pass64(ctx context.Context, w, out [][]float64, weigh Weighing[float64]) error
	// By says what makes them, for results.
	By() measure.Products
}

// Weighing turns the products z[i*stride+k] = x_i·w_k + b_k of the rows from lo
// on, which belong to that part, into the weights s of the same layout, zero
// before. Calls for several blocks of rows run at once.
type Weighing[T simd.Float] func(part, lo, rows int, z []float64, s []T, stride int)

// Pass is Pass32 or Pass64, whichever has arithmetic in T.
func Pass[T simd.Float](ctx context.Context, p Passes, w, out [][]float64, weigh Weighing[T]) error {
	if narrow, ok := any(weigh).(Weighing[float32]); ok {
		return p.Pass32(ctx, w, out, narrow)
	}
	return p.Pass64(ctx, w, out, any(weigh).(Weighing[float64]))
}

// Pass32 implements Passes.
func (sw *Native) Pass32(ctx context.Context, w, out [][]float64, weigh Weighing[float32]) error {
	return fused(ctx, sw, w, out, weigh)
}

// Pass64 implements Passes.
func (sw *Native) Pass64(ctx context.Context, w, out [][]float64, weigh Weighing[float64]) error {
	return fused(ctx, sw, w, out, weigh)
}

// By implements Passes.
func (sw *Native) By() measure.Products { return measure.Products{CPU: true} }

// Open returns what makes the passes of a fit over the matrix of sw, up to width
// vectors at once, and a function that frees it: opened, a device opened for it, or,
// without either, sw. note is called before the matrix is sent to a device.
func Open(ctx context.Context, sw *Native, width int, opened *OpenedDevice, o DeviceOptions, note func(string)) (p Passes, free func(), err error) {
	dev, release := opened, func() {}
	if dev == nil && o.Backend != "" {
		if dev, err = o.Open(); err != nil {
			return nil, nil, err
		}
		release = dev.Close
	}
	if dev == nil || sw.X.D == 0 {
		return sw, release, nil
	}
	note("sending the features to " + dev.name)
	m, err := newDeviceMatrix(ctx, dev, sw.X, width, sw.Threads())
	if err != nil {
		release()
		return nil, nil, dev.wrap(err)
	}
	return m, func() { m.free(); release() }, nil
}
