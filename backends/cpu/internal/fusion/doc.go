// Package fusion compiles elementwise programs, with the broadcasts and
// conversions that feed them and the reductions that end them, and runs each in
// one pass over memory.
//
// # Programs
//
// A Program computes values over an iteration space of any rank. Its values are
// numbered: first the inputs, then the instructions, each of which reads values
// before it. All arithmetic is float32; logical values are 0 or 1. An input
// lies anywhere in memory, with a stride for each axis of the space (0 where it
// is broadcast, negative where it is reversed) and is converted when it is
// loaded. An output is a value, dense over the space in row-major order, or
// reduced over some of the axes, and is converted when it is stored.
//
//	// y = max(x·scale, 0) and the sums of y for each channel of x [128, 16, 16, 64]
//	p := fusion.Program{
//		Dims: []int{128, 16, 16, 64},
//		Inputs: []fusion.Input{
//			{Type: fusion.Float32, Strides: []int{16384, 1024, 64, 1}},
//			{Type: fusion.Float32, Strides: []int{0, 0, 0, 1}},
//		},
//		Instrs: []fusion.Instr{
//			{Op: fusion.Mul, Args: [3]int{0, 1}},    // value 2
//			{Op: fusion.Const, Value: 0},            // value 3
//			{Op: fusion.Max, Args: [3]int{2, 3}},    // value 4
//		},
//		Outputs: []fusion.Output{
//			{Value: 4, Type: fusion.Float32},
//			{Value: 4, Type: fusion.Float32, Reduce: fusion.ReduceSum, Axes: []int{0, 1, 2}},
//		},
//	}
//	k, err := fusion.Compile(p)
//	k.Run(threads, []unsafe.Pointer{x, scale}, []unsafe.Pointer{y, sums})
//
// # How a program runs
//
// The space is simplified (axes that all operands cross alike become one) and
// cut into tiles of at most 2,048 elements that are contiguous in a dense
// array. A flat list of steps, each a call of a vector kernel (package simd),
// works on one tile after the other. Dense float32 operands are read and
// written where they lie; other values live in a few tiles of scratch memory,
// shared by liveness, so that all of them stay in the first-level cache. An
// operand that is the same in consecutive tiles, such as one value a channel,
// is expanded once. Tasks are groups of tiles; each thread works on one at a
// time.
//
// # Reductions
//
// Sums are taken in float32 within a tile and over at most 16 tiles, and those
// in float64, in a fixed order: a float32 sum never has a chain of more than
// about 16 + 32 + log2(2,048) additions, so that it is within 6e-6 · Σ|x| of the
// exact one whatever the number of terms (TestSumError), besides the final
// rounding. Products are taken in the same order. Maximum and minimum are NaN
// where any element is. The reduction of no elements is 0 (sum), 1 (product),
// -Inf (maximum) or +Inf (minimum).
//
// # Invariants
//
// How work is cut depends on the program alone: the result is the same for any
// number of threads. Memory is neither kept nor changed, but for the outputs. An
// output may be the same memory as an input that is dense (and of the same
// size of element); any other overlap of outputs is not allowed. A Kernel may be
// run by several goroutines at once.
package fusion
