package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestDepthwise compares every count of positions and channels around the blocks of the kernels
// with sums in float64, and checks that nothing else is written.
func TestDepthwise(t *testing.T) {
	for _, tile := range MatrixTiles() {
		r := rand.New(rand.NewPCG(9, 9))
		for _, channels := range []int{1, 3, tile.Lanes - 1, tile.Lanes, tile.Lanes + 1, 2 * tile.Lanes, 3*tile.Lanes + 5, 4 * tile.Lanes, 7*tile.Lanes + 2} {
			for n := 1; n <= 19; n++ {
				for _, taps := range []int{0, 1, 2, 9} {
					testDepthwise(t, r, tile, n, channels, taps)
				}
			}
		}
	}
}

func testDepthwise(t *testing.T, r *rand.Rand, tile *Tile, n, channels, count int) {
	t.Helper()
	xStep, yStep := channels+r.IntN(40), channels+3
	x, w := randomFloats(r, 5*xStep*20+200), randomFloats(r, 9*channels+7)
	taps := make([]Tap, count)
	for i := range taps {
		taps[i] = Tap{X: r.IntN(3 * xStep), W: r.IntN(8 * channels)}
	}
	y := randomFloats(r, n*yStep)
	want := make([]float64, len(y))
	for i, v := range y {
		want[i] = float64(v)
	}
	for i := range n {
		for c := range channels {
			want[i*yStep+c] = 0
			for _, tap := range taps {
				want[i*yStep+c] += float64(x[tap.X+i*xStep+c]) * float64(w[tap.W+c])
			}
		}
	}
	tile.Depthwise(y, yStep, x, xStep, w, NewTaps(taps), n, channels)
	compareSums(t, fmt.Sprintf("%s: %d positions, %d channels, %d taps", tile.ISA(), n, channels, count), y, want, tileTolerance(count))
}
