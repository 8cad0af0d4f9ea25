// Package matmul multiplies matrices that are packed, blocked for the caches and divided
// into tasks for the threads.
//
// # Form
//
// A product is C[m, n] = Σ_k A[m, k]·B[k, n]. A and B are given as operands that
// copy blocks of themselves into packed scratch memory, so that a convolution is
// a product whose operands are never stored as matrices (package conv). C is float32
// with contiguous columns; its rows may be anywhere.
//
// # Blocking
//
// B is divided into parts of blockColumns columns and superDepth rows. All threads
// together pack a part once, into panels as wide as the register tile of package simd.
// Then tasks, each a range of rows of A, run in parallel: a task packs its own rows of
// A, simd.MaxDepth columns deep, and runs the tile over the panels. The part of B in use stays in the second-level cache, a block
// of A in the first, and the task's rows of C in the second. With AVX2 the roles are
// exchanged: a task packs all its rows, and each panel of B stays in the first-level
// cache while the tile runs over the rows (panelFirst).
//
// # Determinism
//
// The tasks depend only on the sizes of the product, and one task sums each value of C,
// over k in rising order. The result therefore does not depend on the number of
// threads. Its last bits depend on the instruction set.
package matmul
