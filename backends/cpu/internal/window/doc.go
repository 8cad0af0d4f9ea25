// Package window reduces windows of float32 arrays: the ReduceWindow of package
// compute, of which max-pooling is the common case.
//
//	p, err := window.NewPlan(window.Max, window.Window{Dims: []int{n, h, w, c}, Size: []int{1, 2, 2, 1}, Strides: []int{1, 2, 2, 1}})
//	p.Run(threads, dst, src)
//
// Arrays are dense and row-major. Where the last axis has windows of size 1, as
// channels have, whole rows of it are combined by vector kernels.
package window
