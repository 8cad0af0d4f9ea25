package onnx

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Limits on what is computed on the host (shapes, axes, indices, masks): elements
// of one array, and of all arrays of a network.
const (
	maxInts    = 1 << 22
	maxAllInts = 1 << 25
)

// ints is an array of integers or truth values (0 and 1) that is known while the
// graph is built, row-major.
type ints struct {
	dims []int
	data []int64
	bool bool
	kind DataType // of weights that it was read from, or of a cast; 0 where that does not matter
}

func newInts(dims []int, truth bool) *ints {
	return &ints{dims: dims, data: make([]int64, checkSize(dims, maxInts)), bool: truth}
}

// checkSize multiplies dimensions and panics beyond the limit.
func checkSize(dims []int, limit int) int {
	if len(dims) > maxRank {
		panic(unsupported("%d dimensions are more than %d", len(dims), maxRank))
	}
	n := 1
	for _, d := range dims {
		if d < 0 || d > limit {
			panic(unsupported("shape %v is beyond the limits", dims))
		}
		if n *= d; n > limit {
			panic(unsupported("shape %v is beyond the limits", dims))
		}
	}
	return n
}

// list holds a vector of integers.
func list(v ...int) *ints {
	x := newInts([]int{len(v)}, false)
	for i, d := range v {
		x.data[i] = int64(d)
	}
	return x
}

// values are the elements as int; an element that does not fit into 32 bits, such as
// the largest int64 as "to the end", becomes the nearest that does.
func (x *ints) values() []int {
	out := make([]int, len(x.data))
	for i, v := range x.data {
		out[i] = int(min(max(v, -1<<31), 1<<31))
	}
	return out
}

// heldKey is an array on the device: its first element, which arrays of another shape may share,
// and its shape.
type heldKey struct {
	first *int64
	shape string
	bool  bool
}

// device puts an array on the device, once, as int64 or bool.
func (b *builder) device(x *ints) *graph.Node {
	if len(x.data) == 0 {
		panic(unsupported("an empty array of integers enters the computation"))
	}
	key := heldKey{&x.data[0], fmt.Sprint(x.dims), x.bool}
	if b.held[key] == nil {
		b.spendConstant(len(x.data))
		if b.held == nil {
			b.held = map[heldKey]*graph.Node{}
		}
		b.held[key] = x.constant(b.graph)
	}
	return b.held[key]
}

func (x *ints) constant(g *graph.Graph) *graph.Node {
	if x.bool {
		truth := make([]bool, len(x.data))
		for i, v := range x.data {
			truth[i] = v != 0
		}
		return graph.Const(g, tensors.FromFlatDataAndDimensions(truth, x.dims...))
	}
	return graph.Const(g, tensors.FromFlatDataAndDimensions(x.data, x.dims...))
}

// numbers puts float32 numbers on the device.
func (b *builder) numbers(data []float32, dims ...int) *graph.Node {
	if len(data) == 0 {
		panic(unsupported("an empty array enters the computation"))
	}
	b.spendConstant(len(data))
	return graph.Const(b.graph, tensors.FromFlatDataAndDimensions(data, dims...))
}

// floats32 puts integers on the device as float32.
func (b *builder) floats32(x *ints) *graph.Node {
	f := make([]float32, len(x.data))
	for i, v := range x.data {
		f[i] = float32(v)
	}
	return b.numbers(f, x.dims...)
}

// broadcastDims is the shape to which NumPy's rules extend both.
func broadcastDims(a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	lead := len(a) - len(b)
	for i, d := range b {
		switch {
		case out[lead+i] == 1:
			out[lead+i] = d
		case d != 1 && d != out[lead+i]:
			panic(unsupported("shapes %v and %v do not go together", a, b))
		}
	}
	return out
}

// expand extends x to dims, which broadcastDims gave.
func (x *ints) expand(dims []int) *ints {
	if slices.Equal(x.dims, dims) {
		return x
	}
	out := newInts(slices.Clone(dims), x.bool)
	lead := len(dims) - len(x.dims)
	x.gather(out, func(at []int) int {
		i := 0
		for k, d := range x.dims {
			i *= d
			if d != 1 {
				i += at[lead+k]
			}
		}
		return i
	})
	return out
}

// gather fills out with the elements of x whose index from gives for each place.
func (x *ints) gather(out *ints, from func(at []int) int) {
	at := make([]int, len(out.dims))
	for i := range out.data {
		out.data[i] = x.data[from(at)]
		for k := len(at) - 1; k >= 0; k-- {
			if at[k]++; at[k] < out.dims[k] {
				break
			}
			at[k] = 0
		}
	}
}

// elementwise applies f to broadcast operands.
func elementwise(a, b *ints, truth bool, f func(a, b int64) int64) *ints {
	dims := broadcastDims(a.dims, b.dims)
	a, b = a.expand(dims), b.expand(dims)
	out := newInts(dims, truth)
	for i := range out.data {
		out.data[i] = f(a.data[i], b.data[i])
	}
	return out
}

// block views x as outer × dims[axis] × inner.
func (x *ints) block(axis int) (outer, n, inner int) {
	return size(x.dims[:axis]), x.dims[axis], size(x.dims[axis+1:])
}

// take picks places along an axis.
func (x *ints) take(axis int, places []int) *ints {
	dims := slices.Clone(x.dims)
	dims[axis] = len(places)
	out := newInts(dims, x.bool)
	outer, n, inner := x.block(axis)
	for o := range outer {
		for j, p := range places {
			copy(out.data[(o*len(places)+j)*inner:][:inner], x.data[(o*n+p)*inner:][:inner])
		}
	}
	return out
}

// concat joins arrays that agree in all axes except one.
func concat(xs []*ints, axis int) *ints {
	dims := slices.Clone(xs[0].dims)
	dims[axis] = 0
	for _, x := range xs {
		if len(x.dims) != len(dims) || !sameBut(x.dims, xs[0].dims, axis) {
			panic(unsupported("arrays of shapes %v and %v are joined along axis %d", xs[0].dims, x.dims, axis))
		}
		dims[axis] += x.dims[axis]
	}
	out := newInts(dims, xs[0].bool)
	at := 0
	for o := range size(dims[:axis]) {
		for _, x := range xs {
			_, n, inner := x.block(axis)
			at += copy(out.data[at:], x.data[o*n*inner:][:n*inner])
		}
	}
	return out
}

func sameBut(a, b []int, axis int) bool {
	for i := range a {
		if i != axis && a[i] != b[i] {
			return false
		}
	}
	return true
}

// reshaped is x with other dimensions of the same product.
func (x *ints) reshaped(dims []int) *ints {
	if checkSize(dims, maxInts) != len(x.data) {
		panic(unsupported("%d integers cannot take the shape %v", len(x.data), dims))
	}
	return &ints{dims: dims, data: x.data, bool: x.bool}
}

// transposed permutes the axes.
func (x *ints) transposed(perm []int) *ints {
	dims, strides := make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		dims[i], strides[i] = x.dims[p], size(x.dims[p+1:])
	}
	out := newInts(dims, x.bool)
	x.gather(out, func(at []int) int {
		i := 0
		for k, a := range at {
			i += a * strides[k]
		}
		return i
	})
	return out
}
