package onnx

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// onDevice is the value as a node or as weights that were put into the graph;
// integers become a constant.
func (b *builder) onDevice(v value) value {
	switch {
	case v.node != nil:
		return v
	case v.host != nil:
		return value{node: b.device(v.host)}
	case v.weight != nil:
		return value{node: b.parameter(v.weight, nil)}
	}
	panic(fmt.Errorf("%w: %w", ErrFormat, errNoValue))
}

// plain is the value as a node in the file's order of axes.
func (b *builder) plain(v value) value {
	v = b.onDevice(v)
	if !v.last && !v.grouped {
		return v
	}
	return value{node: transpose(v.node, v.order())}
}

// channelsLast is the value as a node with its channels last; its rank is at least 3.
func (b *builder) channelsLast(v value) value {
	v = b.ungrouped(v)
	if v.last {
		return v
	}
	if v.weight != nil {
		return value{node: b.parameter(v.weight, axesToLast(len(v.weight.Dims))), last: true}
	}
	v = b.onDevice(v)
	return value{node: transpose(v.node, axesToLast(v.node.Rank())), last: true}
}

// axesToLast permutes [N, C, …] to [N, …, C].
func axesToLast(rank int) []int {
	p := []int{0}
	for i := 2; i < rank; i++ {
		p = append(p, i)
	}
	return append(p, 1)
}

// axesFromLast permutes [N, …, C] to [N, C, …].
func axesFromLast(rank int) []int {
	p := []int{0, rank - 1}
	for i := 1; i < rank-1; i++ {
		p = append(p, i)
	}
	return p
}

// transpose permutes axes, unless nothing moves but axes of length 1.
func transpose(x *graph.Node, perm []int) *graph.Node {
	dims := make([]int, len(perm))
	moved, before := false, -1
	for i, p := range perm {
		dims[i] = x.Shape().Dimensions[p]
		if dims[i] != 1 {
			moved = moved || p < before
			before = p
		}
	}
	if !moved {
		return graph.Reshape(x, dims...)
	}
	return graph.TransposeAllAxes(x, perm...)
}
