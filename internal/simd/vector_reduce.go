package simd

import "math"

var infinity = float32(math.Inf(1))

// MaxOf returns the largest element of a, with NaN and zeros as in Max; -Inf if a is empty.
func MaxOf(a []float32) float32 { return reduce(active.vec.maxOf, a, -infinity) }

// MinOf returns the smallest element of a, with NaN and zeros as in Min; +Inf if a is empty.
func MinOf(a []float32) float32 { return reduce(active.vec.minOf, a, infinity) }
