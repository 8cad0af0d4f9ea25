package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// normOps normalise.
var normOps = map[string]operator{
	"BatchNormalization": batchNorm, "LayerNormalization": layerNorm,
	"InstanceNormalization": instanceNorm, "GroupNormalization": groupNorm,
	"LpNormalization": lpNorm, "RMSNormalization": rmsNorm,
}

// perChannel shapes a vector [C] so that it goes with v [N, C, …].
func (c *call) perChannel(v value, vector *Node) *Node {
	dims := slices.Repeat([]int{1}, len(v.dims()))
	dims[v.at(1)] = vector.Shape().Size()
	return Reshape(vector, dims...)
}

// batchNorm uses the stored statistics: scale·(x - mean)/√(variance + ε) + bias. In training mode
// it uses those of x itself, which is right where x are weights: so PyTorch exports convolutions
// with standardised weights. Images are not normalised together.
func batchNorm(c *call) []value {
	// Before operator set 14 there is no training_mode: the outputs tell.
	more := slices.ContainsFunc(c.n.Outputs[1:], func(name string) bool { return name != "" })
	training := c.flag("training_mode") || c.n.opset < 14 && more
	switch {
	case training && c.input(0).node != nil:
		panic(unsupported("it is in training mode; export the network in evaluation mode"))
	case c.integer("spatial", 1) == 0:
		panic(unsupported("statistics for each place"))
	}
	v := c.onDevice(c.input(0))
	if v.node.Rank() < 2 {
		panic(unsupported("it normalises an array of %d dimensions", v.node.Rank()))
	}
	if training {
		axes := slices.DeleteFunc(lastFrom(0, v.node.Rank()), func(a int) bool { return a == v.at(1) })
		y := standardised(v.node, c.float("epsilon", 1e-5), axes...)
		return []value{v.like(Add(Mul(y, c.perChannel(v, c.node(1))), c.perChannel(v, c.node(2))))}
	}
	factor := Div(c.node(1), Sqrt(AddScalar(c.node(4), c.float("epsilon", 1e-5))))
	shift := Sub(c.node(2), Mul(c.node(3), factor))
	return []value{v.like(Add(Mul(v.node, c.perChannel(v, factor)), c.perChannel(v, shift)))}
}

// standardised is (x - mean)/√(variance + ε) over axes, with the biased variance.
func standardised(x *Node, epsilon float64, axes ...int) *Node {
	centred := Sub(x, ReduceAndKeep(x, ReduceMean, axes...))
	variance := ReduceAndKeep(Square(centred), ReduceMean, axes...)
	return Div(centred, Sqrt(AddScalar(variance, epsilon)))
}

// layerNorm standardises all axes from the given one on; its other outputs are the mean and the
// inverse of the deviation.
func layerNorm(c *call) []value {
	x := c.node(0)
	axes := lastFrom(axis(c.integer("axis", -1), x.Rank()), x.Rank())
	epsilon := c.float("epsilon", 1e-5)
	v := c.pair(value{node: standardised(x, epsilon, axes...)}, c.input(1), Mul)
	if c.has(2) {
		v = c.pair(v, c.input(2), Add)
	}
	out := []value{v}
	if len(c.n.Outputs) > 1 {
		mean := ReduceAndKeep(x, ReduceMean, axes...)
		variance := ReduceAndKeep(Square(Sub(x, mean)), ReduceMean, axes...)
		out = append(out, value{node: mean}, value{node: Reciprocal(Sqrt(AddScalar(variance, epsilon)))})
	}
	return out
}

// lastFrom are the axes from a on.
func lastFrom(a, rank int) []int {
	var axes []int
	for ; a < rank; a++ {
		axes = append(axes, a)
	}
	return axes
}

// rmsNorm divides by √(mean square + ε) over all axes from the given one on, and scales.
func rmsNorm(c *call) []value {
	x := c.node(0)
	axes := lastFrom(axis(c.integer("axis", -1), x.Rank()), x.Rank())
	square := ReduceAndKeep(Square(x), ReduceMean, axes...)
	return []value{c.pair(value{node: Div(x, Sqrt(AddScalar(square, c.float("epsilon", 1e-5))))}, c.input(1), Mul)}
}

// instanceNorm standardises each map of each image.
func instanceNorm(c *call) []value {
	v := c.onDevice(c.input(0))
	if v.node.Rank() < 3 {
		panic(unsupported("it normalises an array of %d dimensions", v.node.Rank()))
	}
	var axes []int
	for a := 2; a < v.node.Rank(); a++ {
		axes = append(axes, v.at(a))
	}
	y := standardised(v.node, c.float("epsilon", 1e-5), axes...)
	return []value{v.like(Add(Mul(y, c.perChannel(v, c.node(1))), c.perChannel(v, c.node(2))))}
}

// groupNorm standardises groups of channels; scale and bias are for each channel,
// before operator set 21 for each group.
func groupNorm(c *call) []value {
	x := c.node(0)
	dims, groups := x.Shape().Dimensions, c.integer("num_groups", 0)
	if len(dims) < 3 || groups < 1 || dims[1]%groups != 0 {
		panic(unsupported("it makes %d groups of an array of shape %v", groups, dims))
	}
	rest := size(dims[2:])
	y := standardised(Reshape(x, dims[0], groups, dims[1]/groups*rest), c.float("epsilon", 1e-5), 2)
	y = Reshape(y, dims[0], groups, dims[1]/groups, rest)
	shape := []int{1, groups, dims[1] / groups, 1}
	if c.n.opset < 21 {
		shape[2] = 1
	}
	y = Add(Mul(y, Reshape(c.node(1), shape...)), Reshape(c.node(2), shape...))
	return one(Reshape(y, dims...))
}

// lpNorm divides by the sum of sizes or the Euclidean length along an axis.
func lpNorm(c *call) []value {
	v := c.onDevice(c.input(0))
	a := v.at(axis(c.integer("axis", -1), v.node.Rank()))
	length := ReduceAndKeep(Abs(v.node), ReduceSum, a)
	if c.integer("p", 2) == 2 {
		length = Sqrt(ReduceAndKeep(Square(v.node), ReduceSum, a))
	}
	return []value{v.like(Div(v.node, length))}
}
