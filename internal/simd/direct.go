package simd

import "fmt"

// Run is a part of each row of a left operand that is contiguous in memory: N values, from
// offset X for the first row.
type Run struct{ X, N int }

// directKernel computes tiles of rows; lanes is the number of columns in the last vector.
type directKernel func(c *float32, cStep int, x *float32, xStep int, b *float32, runs *int, count, tiles, lanes int, add bool)

// Direct multiplies evenly spaced rows, which are read where they are, with a panel. It sets, for
// i < rows and j < cols,
//
//	c[i*cStep+j] = Σ_r Σ_{l<runs[r].N} x[runs[r].X+i*xStep+l]·b[k*Width(cols)+j]
//
// where k counts the terms, or adds that sum if add is true. The terms are summed in this order,
// as in ByRows. Each run has at least one value, cols is at most Columns. c must not overlap x
// and b.
func (t *Tile) Direct(c []float32, cStep int, x []float32, xStep int, b []float32, runs []Run, rows, cols int, add bool) {
	if rows < 1 || cols < 1 || len(runs) == 0 {
		return
	}
	w := t.Width(cols)
	t.checkDirect(c[:(rows-1)*cStep+cols], len(x)-(rows-1)*xStep, len(b)/w, runs, cols)
	if t.direct[0] == nil {
		directLoop(c, cStep, x, xStep, b, runs, rows, cols, w, add)
		return
	}
	kernels, lanes := t.direct[w/t.Lanes-1], (cols-1)%t.Lanes+1
	tiles := (rows + t.Rows - 1) / t.Rows
	for height, i := rows/tiles, 0; i < rows; height++ {
		n := tiles - rows%tiles // tiles of this height; the others have one row more
		if i > 0 {
			n = rows % tiles
		}
		if n == 0 || height == 0 {
			continue
		}
		kernels[height-1](noescape(&c[i*cStep]), cStep, noescape(&x[min(i*xStep, len(x)-1)]), xStep, noescape(&b[0]), noescape(&runs[0].X), len(runs), n, lanes, add)
		i += n * height
	}
}

// checkDirect panics if runs reach beyond the values before the last row or beyond the panel.
func (t *Tile) checkDirect(_ []float32, values, depth int, runs []Run, cols int) {
	k := 0
	for _, r := range runs {
		if r.X < 0 || r.N < 1 || r.X+r.N > values {
			panic(fmt.Sprintf("simd: run %+v of %d values", r, values))
		}
		k += r.N
	}
	if k > depth || cols > t.Columns {
		panic(fmt.Sprintf("simd: %d rows and %d columns of a panel that has %d rows", k, cols, depth))
	}
}

// directLoop is Tile.Direct in plain Go; w is the width of the panel.
func directLoop(c []float32, cStep int, x []float32, xStep int, b []float32, runs []Run, rows, cols, w int, add bool) {
	for i := range rows {
		var sums [16]float32
		k := 0
		for _, r := range runs {
			for _, f := range x[r.X+i*xStep:][:r.N] {
				addScaled(sums[:w], b[k*w:][:w], f)
				k++
			}
		}
		store(c[i*cStep:][:cols], sums[:cols], add)
	}
}
