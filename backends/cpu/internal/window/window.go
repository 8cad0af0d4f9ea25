package window

import (
	"fmt"
	"math"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// Op is the operation that combines the elements of a window.
type Op int

// The operations. A window without elements gives -Inf, +Inf, 0 and 1, in the order of the
// constants; Max and Min are NaN if an element is NaN.
const (
	Max Op = iota
	Min
	Sum
	Product
)

var rows = [...]func(dst, a, b []float32){Max: simd.Max, Min: simd.Min, Sum: simd.Add, Product: simd.Mul}

var starts = [...]float32{Max: float32(math.Inf(-1)), Min: float32(math.Inf(1)), Sum: 0, Product: 1}

// Window describes the windows; each list has one entry per axis. Strides default to Size,
// dilations to 1 and padding to none.
type Window struct {
	// Dims is the size of the input, Size the size of a window, Strides the distance between
	// windows.
	Dims, Size, Strides []int
	// InputDilations and WindowDilations are the distances between neighbouring elements of the
	// dilated input and of the windows.
	InputDilations, WindowDilations []int
	// Padding is the number of added elements before and after the input.
	Padding [][2]int
}

// axis is one axis of a plan.
type axis struct {
	in, out, size, stride, dilation, spread, before int
	step                                            int // distance of neighbours in the input
}

// at returns the input position of window cell k of output o, or -1.
func (a axis) at(o, k int) int {
	p := o*a.stride + k*a.spread - a.before
	if p < 0 || p%a.dilation != 0 || p/a.dilation >= a.in {
		return -1
	}
	return p / a.dilation
}

// Plan is a reduction planned for given shapes.
type Plan struct {
	op    Op
	axes  []axis
	row   int // length of the rows that are combined whole; the last axis is then left out of axes
	out   []int
	cells [][]int // every cell of the window, as an index by axis
	lines *lines  // not nil: computes everything
	// pooling is not nil where the kernel for pooling computes everything in place of lines.
	pooling *pooling
}

// NewPlan plans a reduction. It returns an error for lists of the wrong length and for sizes
// below 1.
func NewPlan(op Op, w Window) (*Plan, error) {
	p := &Plan{op: op, row: 1}
	if op < Max || op > Product {
		return nil, fmt.Errorf("window: unknown operation %d", int(op))
	}
	step := 1
	p.axes = make([]axis, len(w.Dims))
	p.out = make([]int, len(w.Dims))
	for i := len(w.Dims) - 1; i >= 0; i-- {
		a, err := w.axis(i)
		if err != nil {
			return nil, err
		}
		a.step = step
		step *= a.in
		p.axes[i], p.out[i] = a, a.out
	}
	if n := len(p.axes); n > 0 {
		if a := p.axes[n-1]; a.size == 1 && a.stride == 1 && a.dilation == 1 && a.before == 0 && a.out == a.in {
			p.row, p.axes = a.in, p.axes[:n-1]
		}
	}
	p.cells = cells(p.axes)
	p.lines = newLines(p)
	p.pooling = newPooling(p.lines)
	return p, nil
}

// axis reads the description of axis i.
func (w Window) axis(i int) (axis, error) {
	pick := func(name string, list []int, otherwise int) (int, error) {
		if len(list) == 0 {
			return otherwise, nil
		}
		if len(list) != len(w.Dims) || list[i] < 1 {
			return 0, fmt.Errorf("window: %s %v for %d axes: want one number of 1 or more per axis", name, list, len(w.Dims))
		}
		return list[i], nil
	}
	a := axis{in: w.Dims[i]}
	var err error
	for _, f := range []struct {
		name      string
		list      []int
		otherwise int
		to        *int
	}{
		{"size", w.Size, 1, &a.size},
		{"strides", w.Strides, 0, &a.stride},
		{"input dilations", w.InputDilations, 1, &a.dilation},
		{"window dilations", w.WindowDilations, 1, &a.spread},
	} {
		if *f.to, err = pick(f.name, f.list, f.otherwise); err != nil {
			return a, err
		}
	}
	if a.stride == 0 {
		a.stride = a.size
	}
	after := 0
	if len(w.Padding) > 0 {
		if len(w.Padding) != len(w.Dims) {
			return a, fmt.Errorf("window: padding %v for %d axes", w.Padding, len(w.Dims))
		}
		a.before, after = w.Padding[i][0], w.Padding[i][1]
	}
	room := a.before + after - (a.size-1)*a.spread - 1
	if a.in > 0 {
		room += (a.in-1)*a.dilation + 1
	}
	if room >= 0 {
		a.out = room/a.stride + 1
	}
	return a, nil
}

// cells lists the cells of a window, with the last axis fastest.
func cells(axes []axis) [][]int {
	list := [][]int{{}}
	for _, a := range axes {
		var longer [][]int
		for _, c := range list {
			for k := range a.size {
				longer = append(longer, append(append([]int(nil), c...), k))
			}
		}
		list = longer
	}
	return list
}

// OutputDims returns the dimensions of the result.
func (p *Plan) OutputDims() []int { return p.out }

// taskValues is the approximate number of input values that a task combines.
const taskValues = 1 << 15

// Run reduces the windows of src into dst.
func (p *Plan) Run(threads *pool.Pool, dst, src []float32) {
	if p.pooling != nil {
		p.RunApart(threads, dst, p.row, src, p.row)
		return
	}
	if p.lines != nil {
		p.lines.run(threads, dst, src)
		return
	}
	windows := 1
	for _, a := range p.axes {
		windows *= a.out
	}
	if windows*p.row == 0 {
		return
	}
	per := max(taskValues/max(len(p.cells)*p.row, 1), 1)
	threads.Run((windows+per-1)/per, func(i int) {
		at := make([]int, len(p.axes))
		for w := i * per; w < min((i+1)*per, windows); w++ {
			for k, rest := len(p.axes)-1, w; k >= 0; k-- {
				at[k] = rest % p.axes[k].out
				rest /= p.axes[k].out
			}
			p.window(dst[w*p.row:(w+1)*p.row], src, at)
		}
	})
}

// window reduces the window of output position at.
func (p *Plan) window(dst, src []float32, at []int) {
	empty := true
	for _, cell := range p.cells {
		from, inside := 0, true
		for k, a := range p.axes {
			i := a.at(at[k], cell[k])
			inside = inside && i >= 0
			from += i * a.step
		}
		switch {
		case !inside:
		case empty:
			copy(dst, src[from:from+p.row])
			empty = false
		default:
			rows[p.op](dst, dst, src[from:from+p.row])
		}
	}
	if empty {
		for i := range dst {
			dst[i] = starts[p.op]
		}
	}
}
