//go:build !amd64

package simd

// supported returns the kernel tables that this machine can run, best first.
func supported() []*kernels { return []*kernels{portable} }
