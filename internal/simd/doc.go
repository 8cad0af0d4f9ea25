// Package simd holds the vector kernels of the numerical packages, in assembly for
// AVX-512 and for AVX2 with FMA, and in portable Go for all other machines.
//
// # Layout
//
// Data are rows of float32, given as slices, so that rows chosen by an index
// and rows of a memory map cost no copy. The other operand is a Panel: K weight
// vectors of D elements, packed once and used for many rows. A result for R rows and K
// vectors is row-major with the stride of the panel (K rounded up to a multiple of
// Width); the padding columns are set to zero.
//
//	var p simd.Panel[float32]
//	p.Pack(w)                      // w: K vectors of D float64
//	p.Dot(z, rows)                 // z[i*p.Stride()+k] = rows[i] · w[k]
//	simd.Accumulate(g, d, s, rows) // g[k*d+j] += Σ_i s[i*stride+k] · rows[i][j]
//
// # Arithmetic
//
// The type parameter selects the arithmetic. With float32, products are summed in
// float32 over at most a few hundred terms, and these partial sums are added up in
// float64. With float64 every product and sum is float64. Results are always float64. A
// result depends on the instruction set (the order of the sums), but neither on the
// address of the operands nor on the number of rows per call of Dot. Accumulate sums the rows of one call before it adds them to g.
//
// Tile multiplies blocks of matrices of float32, ByteTile blocks of small integers,
// whose sums are exact before they are added to C in float32, WideTile blocks of matrices of
// float64; WideRows multiplies and combines rows of float64.
//
// # Choice of instructions
//
// The best set that processor and operating system support is chosen when the
// program starts. The environment variable REPBENCH_SIMD (avx512, avx2 or portable)
// selects another one; Problem says why it is not available. Tiles of bytes need
// AVX-512 VNNI in addition to avx512, and do not exist without it.
package simd

//go:generate go run ./gen -group panel -out gen_kernels_amd64.s -stubs gen_kernels_amd64.go -pkg simd
//go:generate go run ./gen -group matmul -out gen_matmul_amd64.s -stubs gen_matmul_amd64.go -pkg simd
//go:generate go run ./gen -group ints -out gen_ints_amd64.s -stubs gen_ints_amd64.go -pkg simd
//go:generate go run ./gen -group vector -out gen_vector_amd64.s -stubs gen_vector_amd64.go -pkg simd
//go:generate go run ./gen -group wide -out gen_wide_amd64.s -stubs gen_wide_amd64.go -pkg simd
//go:generate go run ./gen -group window -out gen_window_amd64.s -stubs gen_window_amd64.go -pkg simd
