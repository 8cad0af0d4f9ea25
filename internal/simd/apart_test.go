package simd

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCopyApart compares all lengths around the vectors of the kernels with plain Go, and checks
// that nothing else is written.
func TestCopyApart(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	for _, tile := range MatrixTiles() {
		for n := 1; n < 150; n++ {
			rows, from, to := 1+r.IntN(6), n+r.IntN(30), n+r.IntN(30)
			src, dst := randomFloats(r, (rows-1)*from+n), randomFloats(r, rows*to)
			want := slices.Clone(dst)
			copyApartLoop(want, to, src, from, rows, n)
			tile.CopyApart(dst, to, src, from, rows, n)
			if !slices.Equal(dst, want) {
				t.Fatalf("%s: %d rows of %d, %d and %d apart, differ", tile.ISA(), rows, n, from, to)
			}
		}
	}
}
