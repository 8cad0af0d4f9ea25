package fusion

import (
	"math"

	"repbench/internal/simd"
)

// identity returns the reduction of no elements.
func (r Reduce) identity() float64 {
	switch r {
	case ReduceMax:
		return math.Inf(-1)
	case ReduceMin:
		return math.Inf(1)
	case ReduceProduct:
		return 1
	default:
		return 0
	}
}

// add combines x into sum. In maxima and minima, NaN wins.
func (r Reduce) add(sum *float64, x float64) {
	switch r {
	case ReduceSum:
		*sum += x
	case ReduceProduct:
		*sum *= x
	case ReduceMax:
		if x > *sum || x != x {
			*sum = x
		}
	case ReduceMin:
		if x < *sum || x != x {
			*sum = x
		}
	}
}

// tiles sets dst to the elementwise combination of a and b, which may be dst.
func (r Reduce) tiles(dst, a, b []float32) {
	switch r {
	case ReduceSum:
		simd.Add(dst, a, b)
	case ReduceProduct:
		simd.Mul(dst, a, b)
	case ReduceMax:
		simd.Max(dst, a, b)
	case ReduceMin:
		simd.Min(dst, a, b)
	}
}

// halve reduces v, taken as n rows, to one row. It uses scratch, or returns v itself if n is 1.
// v may be part of scratch, at the same element or later.
func (r Reduce) halve(v []float32, n int, scratch []float32) []float32 {
	row := len(v) / n
	for n > 1 {
		half := n / 2
		dst := scratch[:half*row]
		r.tiles(dst, v[:half*row], v[(n-half)*row:])
		if n%2 == 1 {
			dst = scratch[:len(dst)+row]
			copy(dst[half*row:], v[half*row:(half+1)*row])
		}
		v, n = dst, n-half
	}
	return v
}

// total reduces v to a number.
func (r Reduce) total(v, scratch []float32) float32 {
	switch {
	case r == ReduceSum && len(v) > shortRow:
		return simd.Sum(v)
	case r == ReduceMax && len(v) > shortRow:
		return simd.MaxOf(v)
	case r == ReduceMin && len(v) > shortRow:
		return simd.MinOf(v)
	case r == ReduceProduct && len(v) > shortRow:
		return r.halve(v, len(v), scratch)[0]
	}
	return r.short(v)
}

// short reduces a few elements one after the other.
func (r Reduce) short(v []float32) float32 {
	if r == ReduceSum {
		var sum float32
		for _, x := range v {
			sum += x
		}
		return sum
	}
	sum := r.identity()
	for _, x := range v {
		r.add(&sum, float64(x))
	}
	return float32(sum)
}

// maxSums is the number of tiles that are added up in float32.
const maxSums = 16

// sums describes tiles with the same results that are added up in a slot: count tiles of n
// elements each, for the window from element at on.
type sums struct{ count, n, at int }

// reduce adds the tile v to reduction i.
func (w *worker) reduce(i int, v []float32) {
	r := w.reductions[i]
	at := w.at[r.operand]
	switch {
	case r.whole:
		r.kind.add(&w.windows[i][at], float64(r.kind.total(v, w.scratch)))
	case r.deferred:
		w.addUp(i, v, at)
	default:
		w.fold(i, v, w.operands[r.operand].runs, at)
	}
}

// addUp adds the tile v, for the window from element at on, to the sums of reduction i.
func (w *worker) addUp(i int, v []float32, at int) {
	r, s := w.reductions[i], &w.sums[i]
	if s.count == maxSums || s.at != at || len(v) > s.n {
		w.foldSums(i)
		copy(w.slots[r.sums], v)
		*s = sums{count: 1, n: len(v), at: at}
		return
	}
	dst := w.slots[r.sums][:len(v)]
	r.kind.tiles(dst, dst, v)
	s.count++
}

// foldSums moves the sums of reduction i, if any, to its window.
func (w *worker) foldSums(i int) {
	r, s := w.reductions[i], &w.sums[i]
	if s.count > 0 {
		w.fold(i, w.slots[r.sums][:s.n], w.operands[r.operand].runs, s.at)
	}
	*s = sums{}
}

// fold adds v, whose axes are rs, to the window of reduction i from element at on. The length
// of v decides the length of the first axis.
func (w *worker) fold(i int, v []float32, rs []run, at int) {
	kind, window := w.reductions[i].kind, w.windows[i]
	first, rest := rs[0], rs[1:]
	part := rowSize(rest)
	switch {
	case first.stride == 0 && len(rest) == 0:
		kind.add(&window[at], float64(kind.total(v, w.scratch)))
	case first.stride == 0:
		w.fold(i, kind.halve(v, len(v)/part, w.scratch), rest, at)
	case len(rest) == 0:
		kind.addRow(window[at:], v)
	default:
		for k := 0; k*part < len(v); k++ {
			w.fold(i, v[k*part:(k+1)*part], rest, at+k*first.stride)
		}
	}
}

// addRow combines v into the first elements of dst.
func (r Reduce) addRow(dst []float64, v []float32) {
	dst = dst[:len(v)]
	if r == ReduceSum {
		for i, x := range v {
			dst[i] += float64(x)
		}
		return
	}
	for i, x := range v {
		r.add(&dst[i], float64(x))
	}
}

// storeWindow stores a window of the task given by the worker's start and count.
func (w *worker) storeWindow(r *reduction, window []float64) {
	axes := r.axes
	if len(axes) == 0 {
		axes = []windowAxis{{axis: -1, unit: 1, inWindow: 1, inOutput: 1}}
	}
	at := 0
	for _, x := range axes {
		first, _ := w.part(x.axis)
		at += first * x.unit * x.inOutput
	}
	w.storeAxes(r, axes, window, at)
}

// storeAxes stores the part of a window that the axes cover, at element at of the output.
func (w *worker) storeAxes(r *reduction, axes []windowAxis, window []float64, at int) {
	x := axes[0]
	_, n := w.part(x.axis)
	n *= x.unit
	if len(axes) > 1 {
		for i := range n {
			w.storeAxes(r, axes[1:], window[i*x.inWindow:], at+i*x.inOutput)
		}
		return
	}
	for lo := 0; lo < n; lo += len(w.scratch) {
		row := w.scratch[:min(len(w.scratch), n-lo)]
		for i := range row {
			row[i] = float32(window[lo+i])
		}
		store(r.typ, w.job.memory[r.operand], at+lo, row)
	}
}

// part returns the first element of an axis in the task, and the number of its elements in the
// task; axis -1 has one element.
func (w *worker) part(axis int) (first, n int) {
	if axis < 0 {
		return 0, 1
	}
	for l, x := range w.loops {
		if x.axis == axis {
			first = w.start[l] * x.step
			return first, min(w.count[l]*x.step, w.dims[axis]-first)
		}
	}
	return 0, w.dims[axis]
}

func fill64(dst []float64, v float64) {
	for i := range dst {
		dst[i] = v
	}
}
