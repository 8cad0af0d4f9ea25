package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestPool compares every number of channels around the blocks of the kernels with plain Go, bit
// by bit, with zeros of both signs, infinities and NaN, and checks that nothing else is written.
func TestPool(t *testing.T) {
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	r := rand.New(rand.NewPCG(4, 5))
	for _, tile := range MatrixTiles() {
		for _, op := range []PoolOp{PoolMax, PoolSum} {
			for _, channels := range []int{1, tile.Lanes - 1, tile.Lanes, tile.Lanes + 3, 4 * tile.Lanes, 5*tile.Lanes + 1, 9 * tile.Lanes} {
				for _, count := range []int{1, 2, 9} {
					n, xStep, yStep := 1+r.IntN(9), channels+r.IntN(20), channels+r.IntN(5)
					x, y := randomFloats(r, 30*xStep+channels), randomFloats(r, n*yStep)
					for range 20 {
						x[r.IntN(len(x))] = special[r.IntN(len(special))]
					}
					taps := make([]int, count)
					for i := range taps {
						taps[i] = r.IntN(20 * xStep)
					}
					want := append([]float32(nil), y...)
					poolLoop(op, want, yStep, x, xStep, taps, n, channels)
					tile.Pool(op, y, yStep, x, xStep, taps, n, channels)
					for i, v := range want {
						if math.Float32bits(y[i]) != math.Float32bits(v) && !(v != v && y[i] != y[i]) {
							t.Fatalf("%s, op %d, %d channels, %d taps: element %d is %g, want %g", tile.ISA(), op, channels, count, i, y[i], v)
						}
					}
				}
			}
		}
	}
}
