package window

import (
	"math"
	"sync"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/memory"
	"repbench/internal/simd"
)

// lines reduces windows over two neighbouring axes, rows and columns, whose elements are rows of
// numbers, such as the channels of an image: line by line, so that the vectors are long. The
// cells of a window are combined in the order in which Plan combines them, or, for the largest
// and the smallest, first along columns, which gives the same.
type lines struct {
	op          Op
	images      int
	rows, cols  axis
	row         int // numbers per element
	identity    float32
	columnFirst bool      // a line is the combination of the rows first
	scratch     sync.Pool // of *[]float32: one line of the input
}

// minusZero leaves every number as it is when it is added, even -0.
var minusZero = float32(math.Copysign(0, -1))

// newLines returns nil for other windows.
func newLines(p *Plan) *lines {
	n := len(p.axes)
	if n < 2 {
		return nil
	}
	l := &lines{op: p.op, images: 1, rows: p.axes[n-2], cols: p.axes[n-1], row: p.row, identity: starts[p.op], columnFirst: p.op == Max || p.op == Min}
	for _, a := range p.axes[:n-2] {
		if a.size != 1 || a.stride != 1 || a.dilation != 1 || a.before != 0 || a.out != a.in {
			return nil
		}
		l.images *= a.in
	}
	if l.rows.dilation != 1 || l.cols.dilation != 1 || l.rows.empty() || l.cols.empty() {
		return nil
	}
	if p.op == Sum {
		l.identity = minusZero
	}
	l.scratch.New = func() any {
		b := memory.Floats(l.cols.in * l.row)
		return &b
	}
	return l
}

// empty reports whether some window has no element, or there is none.
func (a axis) empty() bool {
	for o := range a.out {
		if from, to := a.inside(o); from >= to {
			return true
		}
	}
	return a.out == 0
}

// inside returns the range of the cells of output o that are elements.
func (a axis) inside(o int) (from, to int) {
	first := o*a.stride - a.before
	if first < 0 {
		from = (-first + a.spread - 1) / a.spread
	}
	if to = a.size; first < a.in {
		to = min(to, (a.in-first+a.spread-1)/a.spread)
	} else {
		to = 0
	}
	return from, to
}

// run reduces src into dst.
func (l *lines) run(threads *pool.Pool, dst, src []float32) {
	all := l.images * l.rows.out
	line := l.cols.out * l.row
	per := max(taskValues/max(line*l.rows.size*l.cols.size, 1), 1)
	threads.Run((all+per-1)/per, func(i int) {
		var scratch []float32
		if l.columnFirst && l.rows.size > 1 {
			lent := l.scratch.Get().(*[]float32)
			defer l.scratch.Put(lent)
			scratch = *lent
		}
		for j := i * per; j < min((i+1)*per, all); j++ {
			l.line(dst[j*line:(j+1)*line], src[j/l.rows.out*l.rows.in*l.cols.in*l.row:], j%l.rows.out, scratch)
		}
	})
}

// line reduces the windows of output row o of an image.
func (l *lines) line(dst, image []float32, o int, scratch []float32) {
	length := l.cols.in * l.row
	of := func(r int) []float32 {
		return image[(o*l.rows.stride+r*l.rows.spread-l.rows.before)*length:][:length]
	}
	from, to := l.rows.inside(o)
	simd.Fill(dst, l.identity)
	if !l.columnFirst {
		for r := from; r < to; r++ {
			l.along(dst, of(r))
		}
		return
	}
	column := of(from)
	for r := from + 1; r < to; r++ {
		rows[l.op](scratch, column, of(r))
		column = scratch
	}
	l.along(dst, column)
}

// along combines the columns of a line with its windows.
func (l *lines) along(dst, line []float32) {
	if l.cols.stride == 1 {
		for k := range l.cols.size {
			// Output o reads column o + shift.
			shift := k*l.cols.spread - l.cols.before
			from, to := max(0, -shift), min(l.cols.out, l.cols.in-shift)
			if from < to {
				part := dst[from*l.row : to*l.row]
				rows[l.op](part, part, line[(from+shift)*l.row:(to+shift)*l.row])
			}
		}
		return
	}
	for o := range l.cols.out {
		part := dst[o*l.row : (o+1)*l.row]
		for k, to := l.cols.inside(o); k < to; k++ {
			at := (o*l.cols.stride + k*l.cols.spread - l.cols.before) * l.row
			rows[l.op](part, part, line[at:at+l.row])
		}
	}
}
