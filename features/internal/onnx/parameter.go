package onnx

import (
	"fmt"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// paramKey is a parameter: weights in some order of their axes.
type paramKey struct {
	of    *Tensor
	order string
}

// parameter makes weights a parameter or a constant of the graph, with their axes permuted on
// the host unless perm is nil. A single number always becomes a constant; whole numbers whose
// products must be exact never do, for the CPU backend has faster forms for constant weights
// (Winograd's) that round.
func (b *builder) parameter(t *Tensor, perm []int) *graph.Node {
	key := paramKey{t, fmt.Sprint(perm)}
	if p := b.params[key]; p != nil {
		return p
	}
	if t.Size() == 0 {
		panic(unsupported("weights %q are empty", t.Name))
	}
	dims := t.Dims
	if perm != nil {
		dims, _ = permuted(dims, perm)
	}
	if t.Size() > 1 {
		b.sizes = append(b.sizes, t.Size())
	}
	fixed := t.Size() == 1 || b.fixed && !b.dry && !t.whole
	if !fixed {
		p := graph.Parameter(b.graph, fmt.Sprintf("weights %d", len(b.params)), shapes.Make(dtypes.Float32, dims...))
		b.params[key] = p
		if b.dry {
			return p
		}
	}
	if fixed {
		c := b.constant(t, perm, dims)
		b.params[key] = c
		return c
	}
	data := t.Floats()
	if perm != nil {
		data, dims = permute(data, t.Dims, perm)
	}
	b.weights = append(b.weights, tensors.FromFlatDataAndDimensions(data, dims...))
	return b.params[key]
}

// storing is a backend that reads large constants itself when it compiles a graph.
type storing interface {
	StoredBuffer(s shapes.Shape, strides []int, read func(dst []float32, from int) error) (compute.Buffer, error)
}

// storedSize is the number of elements from which the backend reads weights: it computes ahead with
// smaller ones.
const storedSize = 16<<10 + 1

// constant makes weights a constant of the graph. The backend reads large ones when it compiles the
// graph, and holds them in its own form alone.
func (b *builder) constant(t *Tensor, perm, dims []int) *graph.Node {
	backend, ok := b.graph.Backend().(storing)
	if t.Size() < storedSize || !ok {
		data := t.Floats()
		if perm != nil {
			data, dims = permute(data, t.Dims, perm)
		}
		return graph.Const(b.graph, tensors.FromFlatDataAndDimensions(data, dims...))
	}
	order := perm
	for i := len(order); i < len(dims); i++ {
		order = append(order, i)
	}
	_, strides := permuted(t.Dims, order)
	buffer, err := backend.StoredBuffer(shapes.Make(dtypes.Float32, dims...), strides, t.read)
	must(err)
	value, err := tensors.FromBuffer(buffer)
	must(err)
	c := graph.ConstTensor(b.graph, value)
	must(value.FinalizeAll())
	return c
}

// permuted are the dimensions in another order, and the distance in the old
// array between neighbours along each.
func permuted(dims, perm []int) (to, strides []int) {
	to, strides = make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		to[i], strides[i] = dims[p], size(dims[p+1:])
	}
	return to, strides
}

// permute copies an array into another order of its axes.
func permute(data []float32, dims, perm []int) ([]float32, []int) {
	out := make([]float32, len(data))
	return out, permuteInto(out, data, dims, perm)
}

// permuteInto is permute into memory that the caller has.
func permuteInto(out, data []float32, dims, perm []int) (to []int) {
	to, strides := permuted(dims, perm)
	at := make([]int, len(perm))
	from := 0
	for i := range out {
		out[i] = data[from]
		for k := len(at) - 1; k >= 0; k-- {
			from += strides[k]
			if at[k]++; at[k] < to[k] {
				break
			}
			from -= at[k] * strides[k]
			at[k] = 0
		}
	}
	return to
}
