package simd

import "math"

var infinity = float32(math.Inf(1))

// MaxOf returns the largest element of a as Max finds it, -Inf if a is empty.
func MaxOf(a []float32) float32 { return reduce(active.vec.maxOf, a, -infinity) }

// MinOf returns the smallest element of a as Min finds it, +Inf if a is empty.
func MinOf(a []float32) float32 { return reduce(active.vec.minOf, a, infinity) }
