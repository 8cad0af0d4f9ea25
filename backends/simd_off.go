//go:build !goexperiment.simd

package backends

const simdSuffix = ""
