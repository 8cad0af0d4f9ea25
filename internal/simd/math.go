package simd

// The error bounds below are in units in the last place (ulp) of the exact result. They hold
// for all float32 values and for every instruction set; TestMathError measures them.

// Sqrt sets dst[i] to the square root of a[i], correctly rounded.
func Sqrt(dst, a []float32) { unary(active.vec.sqrt, dst, a) }

// Rsqrt sets dst[i] to 1 divided by the rounded square root of a[i], within 1.5 ulp.
func Rsqrt(dst, a []float32) { unary(active.vec.rsqrt, dst, a) }

// Exp sets dst[i] to e^a[i], within 1 ulp.
func Exp(dst, a []float32) { unary(active.vec.exp, dst, a) }

// Expm1 sets dst[i] to e^a[i] - 1, within 1.5 ulp.
func Expm1(dst, a []float32) { unary(active.vec.expm1, dst, a) }

// Log sets dst[i] to the natural logarithm of a[i], within 1 ulp.
func Log(dst, a []float32) { unary(active.vec.log, dst, a) }

// Log1p sets dst[i] to the natural logarithm of 1 + a[i], within 1 ulp.
func Log1p(dst, a []float32) { unary(active.vec.log1p, dst, a) }

// Tanh sets dst[i] to the hyperbolic tangent of a[i], within 2.5 ulp.
func Tanh(dst, a []float32) { unary(active.vec.tanh, dst, a) }

// Sigmoid sets dst[i] to 1 / (1 + e^-a[i]), within 2.5 ulp.
func Sigmoid(dst, a []float32) { unary(active.vec.sigmoid, dst, a) }

// Erf sets dst[i] to the error function of a[i], within 1.5 ulp.
func Erf(dst, a []float32) { unary(active.vec.erf, dst, a) }
