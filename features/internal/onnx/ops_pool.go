package onnx

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

var poolOps = map[string]operator{
	"MaxPool": maxPool, "AveragePool": averagePool,
	"GlobalMaxPool": global(ReduceMax), "GlobalAveragePool": global(ReduceMean),
}

// poolWindow reads the geometry of a pool and, with ceil_mode, adds the padding
// at the end that lets the last window begin inside the image or the padding
// before it, as PyTorch does.
func (c *call) poolWindow() (x value, w window) {
	x = c.input(0)
	dims := x.dims()
	if len(dims) < 3 {
		panic(unsupported("it pools an array of %d dimensions", len(dims)))
	}
	w = c.windowOf(dims, c.positives("kernel_shape", len(dims)-2, 1, 0))
	w.fits()
	if c.flag("ceil_mode") {
		for i := range w.kernel {
			w.pads[i][1] += w.ceiling(i)
		}
	}
	return c.channelsLast(x), w
}

// ceiling is the padding that ceil_mode adds at the end of axis i.
func (w window) ceiling(i int) int {
	span := w.in[i] + w.pads[i][0] + w.pads[i][1] - w.extent(i)
	places := (span+w.strides[i]-1)/w.strides[i] + 1
	if (places-1)*w.strides[i] >= w.in[i]+w.pads[i][0] {
		places--
	}
	return max(0, (places-1)*w.strides[i]-span)
}

// reduce applies a reduction in each window of x [N, …, C].
func (w window) reduce(x *Node, how ReduceOpType) *Node {
	spread := func(v []int) []int {
		out := []int{1}
		return append(append(out, v...), 1)
	}
	pads := make([][2]int, len(w.pads)+2)
	copy(pads[1:], w.pads)
	return BackendReduceWindow(x, how, spread(w.kernel), spread(w.strides), nil, spread(w.dilations), pads)
}

func maxPool(c *call) []value {
	if len(c.n.Outputs) > 1 && c.n.Outputs[1] != "" {
		panic(unsupported("it also gives the places of the maxima"))
	}
	x, w := c.poolWindow()
	return []value{x.like(w.reduce(x.node, compute.ReduceOpMax))}
}

// averagePool divides by the number of values in each window: values of the image
// and, with count_include_pad, of its padding, but never of what ceil_mode adds.
func averagePool(c *call) []value {
	x, w := c.poolWindow()
	sums := w.reduce(x.node, compute.ReduceOpSum)
	out := sums.Shape().Dimensions
	counts := tensors.FromFlatDataAndDimensions([]float32{1}, lengthened([]int{1}, len(out))...)
	divisor := Const(c.graph, counts)
	for i := range w.kernel {
		lo, hi := 0, w.in[i]
		if c.flag("count_include_pad") {
			lo, hi = -w.pads[i][0], w.in[i]+w.pads[i][1]
			if c.flag("ceil_mode") {
				hi -= c.added(w, i)
			}
		}
		n := make([]float32, out[i+1])
		for p := range n {
			n[p] = float32(w.within(i, p*w.strides[i]-w.pads[i][0], lo, hi))
		}
		dims := lengthened([]int{1}, len(out))
		dims[i+1] = len(n)
		divisor = Mul(divisor, c.numbers(n, dims...))
	}
	return []value{x.like(Div(sums, divisor))}
}

// within counts the places from + k·dilation of the window that lie in [lo, hi).
func (w window) within(i, from, lo, hi int) int {
	d := w.dilations[i]
	first := max(0, (lo-from+d-1)/d)
	end := min(w.kernel[i], (hi-from+d-1)/d)
	return max(0, end-first)
}

// added is the part of the padding at the end of axis i that ceil_mode put there.
func (c *call) added(w window, i int) int {
	plain := c.windowOf(append([]int{1, 1}, w.in...), w.kernel)
	return w.pads[i][1] - plain.pads[i][1]
}

// global reduces all spatial axes to length 1.
func global(f func(x *Node, axes ...int) *Node) operator {
	return func(c *call) []value {
		v := c.onDevice(c.input(0))
		rank := v.node.Rank()
		if rank < 3 {
			panic(unsupported("it pools an array of %d dimensions", rank))
		}
		var axes []int
		for a := 2; a < rank; a++ {
			axes = append(axes, v.at(a))
		}
		return []value{v.like(ReduceAndKeep(v.node, f, axes...))}
	}
}
