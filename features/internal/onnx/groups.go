package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// A channel shuffle is Reshape to [N, g, c, …], Transpose to [N, c, g, …] and Reshape back. Nodes
// with their channels last keep them there on the way: Reshape gives a value whose channels are
// grouped, [N, …, g, c], which Transpose and Reshape alone see as it is.

// ungrouped is a value that every operator understands.
func (b *builder) ungrouped(v value) value {
	if v.grouped {
		return b.plain(v)
	}
	return v
}

// axesFromGroups permutes [N, …, g, c] to [N, g, c, …].
func axesFromGroups(rank int) []int {
	p := []int{0, rank - 2, rank - 1}
	for i := 1; i < rank-2; i++ {
		p = append(p, i)
	}
	return p
}

// reshapedLast is v with other dimensions where its channels can stay last: they, or their groups,
// are split or joined, and the other axes but the batch are cut in another way. ok is false
// otherwise.
func reshapedLast(v value, dims []int) (_ value, ok bool) {
	old := v.dims()
	if !v.last && !v.grouped || len(dims) < 3 || dims[0] != old[0] {
		return value{}, false
	}
	channels, places := old[1], size(old[2:])
	if v.grouped {
		channels, places = old[1]*old[2], size(old[3:])
	}
	node := func(places []int, last ...int) *Node {
		return Reshape(v.node, slices.Concat(dims[:1], places, last)...)
	}
	switch {
	case dims[1] == channels && size(dims[2:]) == places:
		return value{node: node(dims[2:], channels), last: true}, true
	case len(dims) > 3 && dims[1]*dims[2] == channels && size(dims[3:]) == places:
		return value{node: node(dims[3:], dims[1], dims[2]), grouped: true}, true
	}
	return value{}, false
}

// shuffled is Transpose of a value with grouped channels that exchanges groups and channels.
func shuffled(v value, perm []int) (_ value, ok bool) {
	if !v.grouped {
		return value{}, false
	}
	swap := make([]int, len(perm))
	for i := range swap {
		swap[i] = i
	}
	swap[1], swap[2] = 2, 1
	if !slices.Equal(perm, swap) {
		return value{}, false
	}
	n := len(perm)
	for i := range swap {
		swap[i] = i
	}
	swap[n-2], swap[n-1] = n-1, n-2
	return value{node: transpose(v.node, swap), grouped: true}, true
}
