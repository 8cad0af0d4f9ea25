package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// scatterOps replace elements at indices that are known while the graph is built.
var scatterOps = map[string]operator{"ScatterND": scatterND, "ScatterElements": scatterElements, "Scatter": scatterElements}

// maxRounds limits how many updates of one place are joined.
const maxRounds = 64

// scatterND is data with the parts that the vectors of indices name replaced by updates, as
// PyTorch exports an assignment to a part of an array.
func scatterND(c *call) []value {
	data, at, updates := c.node(0), c.known(1), c.node(2)
	places, part := partPlaces(data.Shape().Dimensions, at, 0)
	return c.scattered(data, updates, places, size(part))
}

// scatterElements is data with single elements replaced.
func scatterElements(c *call) []value {
	data, at, updates := c.node(0), c.known(1), c.node(2)
	dims := data.Shape().Dimensions
	return c.scattered(data, updates, elementPlaces(dims, axis(c.integer("axis", 0), len(dims)), at), 1)
}

// scattered puts update i, of n elements, at a place of the data counted in such parts, or joins
// the two. Without scattering: each part of the result is looked up among the data and the
// updates, as often as the most updated place needs.
func (c *call) scattered(data, updates *Node, places []int, n int) []value {
	if updates.Shape().Size() != len(places)*n {
		panic(bad("%d values take the place of %d", updates.Shape().Size(), len(places)*n))
	}
	dims := data.Shape().Dimensions
	if len(places) == 0 || n == 0 {
		return one(data)
	}
	if updates.DType() != data.DType() {
		panic(unsupported("%s take the place of %s", updates.DType(), data.DType()))
	}
	y, updates := inParts(data, n), inParts(updates, n)
	parts := size(dims) / n
	checkSize([]int{parts}, maxInts)
	mode := c.text("reduction", "none")
	if mode == "none" {
		return one(Reshape(c.latest(y, updates, places), dims...))
	}
	joins := map[string]func(x, y *Node) *Node{"add": Add, "mul": Mul, "max": Max, "min": Min}
	if joins[mode] == nil {
		panic(unsupported("reduction %q", mode))
	}
	neutral := ZerosLike(SliceAxis(updates, 0, AxisElem(0)))
	if mode == "mul" {
		neutral = OnesLike(neutral)
	}
	for _, round := range rounds(parts, places) {
		from := Concatenate([]*Node{updates, neutral}, 0)
		if mode == "max" || mode == "min" { // a part without an update meets itself
			from = Concatenate([]*Node{updates, y}, 0)
			for p, u := range round {
				if u == len(places) {
					round[p] += p
				}
			}
		}
		y = joins[mode](y, c.rows(from, round, y.Shape().Dimensions))
	}
	return one(Reshape(y, dims...))
}

// latest takes for each part its last update, or the part itself.
func (c *call) latest(y, updates *Node, places []int) *Node {
	from := make([]int, y.Shape().Dimensions[0])
	for p := range from {
		from[p] = p
	}
	for i, p := range places {
		from[p] = len(from) + i
	}
	return c.rows(Concatenate([]*Node{y, updates}, 0), from, y.Shape().Dimensions)
}

// rounds deal out updates to their places, at most one to a place in each round; len(places)
// stands for none.
func rounds(parts int, places []int) [][]int {
	var out [][]int
	turn := make([]int, parts)
	for i, p := range places {
		k := turn[p]
		if turn[p]++; k == len(out) {
			if k == maxRounds || (k+1)*parts > maxInts {
				panic(unsupported("%d and more updates of one place", k+1))
			}
			out = append(out, slices.Repeat([]int{len(places)}, parts))
		}
		out[k][p] = i
	}
	return out
}
