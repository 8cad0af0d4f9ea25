package window

import (
	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

var pools = map[Op]simd.PoolOp{Max: simd.PoolMax, Sum: simd.PoolSum}

// pooling reduces windows of images by Tile.Pool, which reads all cells of a window at once.
// Positions may lie apart in input and output.
type pooling struct {
	*lines
	op       simd.PoolOp
	from, to int // the outputs of a line whose windows lie between the first and the last column
	tile     *simd.Tile
}

// newPooling returns nil for other operations than the kernel's.
func newPooling(l *lines) *pooling {
	if l == nil {
		return nil
	}
	op, ok := pools[l.op]
	if !ok {
		return nil
	}
	p := &pooling{lines: l, op: op, tile: simd.MatrixTile()}
	for whole := func(o int) bool { from, to := l.cols.inside(o); return to-from == l.cols.size }; p.to < l.cols.out; p.to++ {
		if whole(p.to) {
			continue
		}
		if p.from < p.to {
			break
		}
		p.from = p.to + 1
	}
	return p
}

// run reduces src into dst; the positions of both are the given numbers of values apart.
func (p *pooling) run(threads *pool.Pool, dst []float32, dstStep int, src []float32, srcStep int) {
	all := p.images * p.rows.out
	per := max(taskValues/max(p.cols.out*p.row*p.rows.size*p.cols.size, 1), 1)
	threads.Run((all+per-1)/per, func(i int) {
		taps := make([]int, 0, p.rows.size*p.cols.size)
		for j := i * per; j < min((i+1)*per, all); j++ {
			image := src[j/p.rows.out*p.rows.in*p.cols.in*srcStep:]
			p.line(dst[j*p.cols.out*dstStep:], dstStep, image, srcStep, j%p.rows.out, taps)
		}
	})
}

// line reduces the windows of output row o of an image: those at the borders one by one.
func (p *pooling) line(dst []float32, dstStep int, image []float32, srcStep, o int, taps []int) {
	for at, n := 0, 0; at < p.cols.out; at += n {
		if n = 1; at == p.from && p.from < p.to {
			n = p.to - p.from
		}
		p.tile.Pool(p.op, dst[at*dstStep:], dstStep, image, p.cols.stride*srcStep, p.taps(taps, o, at, srcStep), n, p.row)
	}
}

// taps appends the cells of the window of row o and column at that are elements.
func (p *pooling) taps(taps []int, o, at, step int) []int {
	r, rows := p.rows.inside(o)
	first, cols := p.cols.inside(at)
	for ; r < rows; r++ {
		line := (o*p.rows.stride + r*p.rows.spread - p.rows.before) * p.cols.in
		for c := first; c < cols; c++ {
			taps = append(taps, (line+at*p.cols.stride+c*p.cols.spread-p.cols.before)*step)
		}
	}
	return taps
}

// Apart reports whether RunApart may be used.
func (p *Plan) Apart() bool { return p.pooling != nil }

// RunApart is Run for positions, the rows of values along the last axis, that are dstStep and
// srcStep values apart.
func (p *Plan) RunApart(threads *pool.Pool, dst []float32, dstStep int, src []float32, srcStep int) {
	p.pooling.run(threads, dst, dstStep, src, srcStep)
}
