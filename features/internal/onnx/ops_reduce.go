package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// reduceOps reduce over axes.
var reduceOps = map[string]operator{
	"ReduceMean": reduced(ReduceMean), "ReduceSum": reduced(ReduceSum), "ReduceMax": reduced(ReduceMax),
	"ReduceMin": reduced(ReduceMin), "ReduceProd": reduced(ReduceMultiply),
	"ReduceLogSum":    reduced(func(x *Node, axes ...int) *Node { return Log(ReduceSum(x, axes...)) }),
	"ReduceLogSumExp": reduced(logSumExp),
	"ReduceL1":        reduced(func(x *Node, axes ...int) *Node { return ReduceSum(Abs(x), axes...) }),
	"ReduceL2":        reduced(func(x *Node, axes ...int) *Node { return Sqrt(ReduceSum(Square(x), axes...)) }),
	"ReduceSumSquare": reduced(func(x *Node, axes ...int) *Node { return ReduceSum(Square(x), axes...) }),
}

// logSumExp is log Σ exp x, without overflow.
func logSumExp(x *Node, axes ...int) *Node {
	most := ReduceAndKeep(x, ReduceMax, axes...)
	return Add(Log(ReduceSum(Exp(Sub(x, most)), axes...)), ReduceSum(most, axes...))
}

// reduced keeps the reduced axes with length 1 first, so that channels may stay
// where they lie, and drops them afterwards if they are not to be kept.
func reduced(f func(x *Node, axes ...int) *Node) operator {
	return func(c *call) []value {
		v := c.onDevice(c.input(0))
		dims := v.dims()
		axes, _ := c.listed("axes", 1)
		if len(axes) == 0 && c.flag("noop_with_empty_axes") {
			return []value{v}
		}
		axes = reduceAxes(axes, len(dims))
		if len(axes) == 0 {
			return []value{v} // of a single number
		}
		places := make([]int, len(axes))
		for i, a := range axes {
			places[i] = v.at(a)
		}
		kept := v.like(ReduceAndKeep(v.node, f, places...))
		if c.integer("keepdims", 1) != 0 {
			return []value{kept}
		}
		var left []int
		for a, d := range dims {
			if !slices.Contains(axes, a) {
				left = append(left, d)
			}
		}
		return one(Reshape(c.plain(kept).node, left...))
	}
}

// reduceAxes are axes in order and once each; none are given means all.
func reduceAxes(axes []int, rank int) []int {
	if len(axes) == 0 {
		for a := range rank {
			axes = append(axes, a)
		}
		return axes
	}
	out := make([]int, len(axes))
	for i, a := range axes {
		out[i] = axis(a, rank)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
