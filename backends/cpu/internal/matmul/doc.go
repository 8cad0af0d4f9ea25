// Package matmul multiplies matrices: packed, blocked for the caches and cut
// into tasks for the threads.
//
// # Form
//
// A product is C[m, n] = Σ_k A[m, k]·B[k, n]. A and B are given as operands that
// copy blocks of themselves into packed scratch memory, so that a convolution is
// a product whose operands are never laid out in memory (package conv). C is
// float32 with contiguous columns; its rows may lie anywhere.
//
// # Blocking
//
// Columns are taken blockColumns at a time and the depth K superDepth at a time.
// Such a part of B is packed once, by all threads, into panels as wide as the
// register tile of package simd. Then tasks of rows are worked on side by side:
// each packs its own rows of A, simd.MaxDepth columns deep, and runs the tile
// over the panels. The part of B in use stays in the second-level cache, a block
// of A in the first, and the task's rows of C in the second. With AVX2 it is the
// other way round: a task packs all its rows, and each panel of B stays in the
// first-level cache while they pass by (panelFirst).
//
// # Determinism
//
// Work is cut by the sizes of the product alone and every value of C is summed
// by one task, over k in rising order: the result does not depend on the number
// of threads. It depends on the instruction set in the last bits.
package matmul
