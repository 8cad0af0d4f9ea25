// Package window reduces windows of float32 arrays: the ReduceWindow of package
// compute. Max-pooling is the common case.
//
//	p, err := window.NewPlan(window.Max, window.Window{Dims: []int{n, h, w, c}, Size: []int{1, 2, 2, 1}, Strides: []int{1, 2, 2, 1}})
//	p.Run(threads, dst, src)
//
// Arrays are dense and row-major. If the windows have size 1 on the last axis, as for
// channels, vector kernels combine whole rows of that axis.
package window
