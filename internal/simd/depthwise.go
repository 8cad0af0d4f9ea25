package simd

import "fmt"

// Tap is one cell of a window: the offsets at which the input and the weights are read.
type Tap struct{ X, W int }

// Taps are the cells of a window, with the largest offsets.
type Taps struct {
	list []Tap
	x, w int
}

// NewTaps returns cells, whose offsets must not be negative.
func NewTaps(list []Tap) Taps {
	t := Taps{list: list}
	for _, tap := range list {
		if tap.X < 0 || tap.W < 0 {
			panic(fmt.Sprintf("simd: tap %+v reads before its arrays", tap))
		}
		t.x, t.w = max(t.x, tap.X), max(t.w, tap.W)
	}
	return t
}

// windowKernel computes blocks of channels, each for tiles of positions; see Tile.Depthwise.
type windowKernel func(y, x, w *float32, yStep, xStep int, taps *int, count, tiles, blocks int)

// Depthwise sets, for i < n and c < channels,
//
//	y[i*yStep+c] = Σ_t x[taps[t].X+i*xStep+c]·w[taps[t].W+c]
//
// in the order of the taps. y must not overlap x and w.
func (t *Tile) Depthwise(y []float32, yStep int, x []float32, xStep int, w []float32, taps Taps, n, channels int) {
	if n < 1 || channels < 1 {
		return
	}
	taps.check(y[:(n-1)*yStep+channels], x, w, (n-1)*xStep+channels, channels)
	if t.depthwise[0][0] == nil || channels < t.Lanes || len(taps.list) == 0 {
		depthwiseLoop(y, yStep, x, xStep, w, taps.list, n, channels)
		return
	}
	d := depthwiseRun{t, y, x, w, yStep, xStep, taps.list, channels}
	for i := 0; i < n; {
		size := t.depthwisePositions(n - i)
		d.positions(i, size, (n-i)>>size)
		i += (n - i) >> size << size
	}
}

// check panics if the taps read beyond x or w.
func (t Taps) check(_, x, w []float32, extent, channels int) {
	if len(t.list) > 0 && (t.x+extent > len(x) || t.w+channels > len(w)) {
		panic(fmt.Sprintf("simd: taps up to %d and %d read %d and %d values of %d and %d", t.x, t.w, extent, channels, len(x), len(w)))
	}
}

// depthwisePositions returns the binary logarithm of the largest number of positions of a tile
// that is at most n.
func (t *Tile) depthwisePositions(n int) int {
	size := 0
	for size+1 < len(t.depthwise) && t.depthwise[size+1][0] != nil && n >= 2<<size {
		size++
	}
	return size
}

// depthwiseRun holds the arguments of Depthwise.
type depthwiseRun struct {
	*Tile
	y, x, w      []float32
	yStep, xStep int
	taps         []Tap
	channels     int
}

// positions computes tiles of 1<<size positions from position i on: blocks of as many vectors as
// possible first, and last a block that ends with the last channel and may overlap the one
// before.
func (d *depthwiseRun) positions(i, size, tiles int) {
	c := 0
	for log := 2; log >= 0; log-- {
		f, block := d.depthwise[size][log], d.Lanes<<log
		if blocks := (d.channels - c) / block; f != nil && blocks > 0 {
			d.run(f, i, c, tiles, blocks)
			c += blocks * block
		}
	}
	if c < d.channels {
		d.run(d.depthwise[size][0], i, d.channels-d.Lanes, tiles, 1)
	}
}

func (d *depthwiseRun) run(f windowKernel, i, c, tiles, blocks int) {
	f(noescape(&d.y[i*d.yStep+c]), noescape(&d.x[i*d.xStep+c]), noescape(&d.w[c]), d.yStep, d.xStep, noescape(&d.taps[0].X), len(d.taps), tiles, blocks)
}

// depthwiseLoop is Tile.Depthwise in plain Go.
func depthwiseLoop(y []float32, yStep int, x []float32, xStep int, w []float32, taps []Tap, n, channels int) {
	for i := range n {
		out := y[i*yStep:][:channels]
		clear(out)
		for _, tap := range taps {
			in := x[tap.X+i*xStep:][:channels]
			for c, f := range w[tap.W:][:channels] {
				out[c] += float32(in[c] * f)
			}
		}
	}
}
