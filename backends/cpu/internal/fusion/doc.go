// Package fusion compiles elementwise programs, with the broadcasts and
// conversions that feed them and the reductions that end them, and runs each in
// one pass over memory.
//
// # Programs
//
// A Program computes values over an iteration space of any rank. Its values are
// numbered: first the inputs, then the instructions, each of which reads values
// before it. All arithmetic is float32; logical values are 0 or 1. An input
// may be anywhere in memory. It has a stride per axis of the space (0 where it is
// broadcast, negative where it is reversed) and is converted when it is loaded. An output is a value, dense over the space in row-major order, or
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
// The space is simplified (neighbouring axes are merged if every operand has an even
// stride over both) and cut into tiles of at most 2,048 elements that are contiguous
// in a dense array. A flat list of steps, each a call of a vector kernel (package simd),
// processes one tile after the other. Dense float32 operands are read and written in
// place. Other values use a few tiles of scratch memory, shared by liveness, so that
// all of them stay in the first-level cache. An operand that is the same in
// consecutive tiles, such as one value per channel, is expanded once. Tasks are groups of tiles; each thread works on one at a
// time.
//
// # Reductions
//
// Sums are computed in float32 within a tile and over at most 16 tiles, and in float64
// beyond that, in a fixed order. A float32 sum never has a chain of more than about
// 16 + 32 + log2(2,048) additions. Its error is therefore at most 6e-6 · Σ|x| for any
// number of terms (TestSumError), besides the final rounding. Products are computed in
// the same order. Maximum and minimum are NaN
// where any element is. The reduction of no elements is 0 (sum), 1 (product),
// -Inf (maximum) or +Inf (minimum).
//
// # Invariants
//
// The division of the work depends only on the program: the result is the same for any
// number of threads. Run keeps no reference to the operands and changes only the outputs.
// An output may use the memory of a dense input with elements of the same size; any
// other overlap of outputs is not allowed. Several goroutines may run a Kernel at once.
package fusion
