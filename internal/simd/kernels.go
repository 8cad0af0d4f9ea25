package simd

// Width is the number of weight vectors per kernel call. Panels are padded to a multiple of it.
const Width = 5

// Float is an arithmetic type of the kernels.
type Float interface{ float32 | float64 }

// kernels is the table of one instruction set. If a function is nil, the portable loop does all
// the work.
type kernels struct {
	isa  ISA
	rows int // rows of one call of dot
	f32  ops[float32]
	f64  ops[float64]

	// widen converts n float16 values; n is a multiple of widenStep.
	widen     func(dst *float32, src *uint16, n int)
	widenStep int

	tile   *Tile
	bytes  *ByteTile // nil if bytes are multiplied no faster than floats
	ints   *IntTile
	vec    *vectorOps
	wide   *WideTile
	rows64 *WideRows

	// squares8 is Squares8 for a multiple of 8 values; nil in plain Go.
	squares8 func(sums *float64, a, b *float32, f, g float64, n int)

	// spin runs n rounds of spinFlops floating-point operations; see Spin.
	spin      func(n int)
	spinFlops int
	// spinBytes runs n rounds of spinProducts products of bytes; nil without VNNI.
	spinBytes func(n int)
}

// ops are the kernels with arithmetic in T.
type ops[T Float] struct {
	// lanes is the number of columns per step of dot, tile per step of accumulate.
	lanes, tile int
	// dot adds, for the k-th of Width packed vectors w and each of the table's
	// number of rows i, the sum over c in [col, col+n) of rows[i][c]·w[k][c] to
	// out[i*stride+k]. n is a multiple of lanes.
	dot func(rows *[]float32, col, n int, w *T, out *float64, stride int)
	// accumulate adds, for k < Width and c in [col, col+n), the sum over i < nrows
	// of s[i*sstride+k]·rows[i][c] to g[k*gstride+c-col]. n is a multiple of tile,
	// nrows at least 1.
	accumulate func(rows *[]float32, nrows, col, n int, s *T, sstride int, g *float64, gstride int)
}

// portable uses the loops of portable.go for everything.
var portable = &kernels{isa: Portable, rows: 1, f32: ops[float32]{lanes: 1, tile: 1}, f64: ops[float64]{lanes: 1, tile: 1}, widenStep: 1, tile: portableTile, ints: portableInts, vec: portableVector, wide: portableWide, rows64: portableRows, spin: spinPortable, spinFlops: 2 * spinSums}

// opsOf returns the kernels of k with arithmetic in T.
func opsOf[T Float](k *kernels) *ops[T] {
	if o, ok := any(&k.f32).(*ops[T]); ok {
		return o
	}
	return any(&k.f64).(*ops[T])
}

// Padded returns k rounded up to a multiple of Width: the stride of the results
// for k vectors.
func Padded(k int) int { return (k + Width - 1) / Width * Width }
