package simd

import "fmt"

// poolKernel computes blocks of channels of some positions; see Tile.Pool.
type poolKernel func(y *float32, yStep int, x *float32, xStep int, taps *int, count, positions, blocks int)

// PoolOp is the operation of Tile.Pool.
type PoolOp int

// The operations: PoolMax is Max, PoolSum adds.
const (
	PoolMax PoolOp = iota
	PoolSum
)

// Pool combines the cells of windows: it sets, for i < n and c < channels,
//
//	y[i*yStep+c] = x[taps[0]+i*xStep+c] ∘ x[taps[1]+i*xStep+c] ∘ …
//
// in the order of the taps, of which there is at least one. y must not overlap x.
func (t *Tile) Pool(op PoolOp, y []float32, yStep int, x []float32, xStep int, taps []int, n, channels int) {
	if n < 1 || channels < 1 {
		return
	}
	_ = y[:(n-1)*yStep+channels]
	for _, tap := range taps {
		if tap < 0 || tap+(n-1)*xStep+channels > len(x) {
			panic(fmt.Sprintf("simd: a window reads %d values from value %d on of %d", (n-1)*xStep+channels, tap, len(x)))
		}
	}
	kernels := t.pool[op]
	if kernels[0] == nil || channels < t.Lanes {
		poolLoop(op, y, yStep, x, xStep, taps, n, channels)
		return
	}
	run := func(f poolKernel, c, blocks int) {
		f(noescape(&y[c]), yStep, noescape(&x[c]), xStep, noescape(&taps[0]), len(taps), n, blocks)
	}
	c := 0
	if blocks := channels / (4 * t.Lanes); blocks > 0 {
		run(kernels[1], 0, blocks)
		c = blocks * 4 * t.Lanes
	}
	if blocks := (channels - c) / t.Lanes; blocks > 0 {
		run(kernels[0], c, blocks)
		c += blocks * t.Lanes
	}
	if c < channels {
		run(kernels[0], channels-t.Lanes, 1)
	}
}

// poolLoop is Tile.Pool in plain Go.
func poolLoop(op PoolOp, y []float32, yStep int, x []float32, xStep int, taps []int, n, channels int) {
	for i := range n {
		out := y[i*yStep:][:channels]
		copy(out, x[taps[0]+i*xStep:])
		for _, tap := range taps[1:] {
			in := x[tap+i*xStep:][:channels]
			if op == PoolMax {
				maxLoop(out, out, in)
			} else {
				addLoop(out, out, in)
			}
		}
	}
}
