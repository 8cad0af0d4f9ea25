package onnx

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// contribOps are operators of ONNX Runtime's own domain that its quantisation tool writes: each
// is an operator of the standard between dequantising and quantising.
var contribOps = map[string]operator{
	"com.microsoft.QuantizeLinear": quantiseLinear, "com.microsoft.DequantizeLinear": dequantiseLinear,
	"com.microsoft.QLinearAdd": qLinearPair(Add), "com.microsoft.QLinearMul": qLinearPair(Mul),
	"com.microsoft.QLinearSigmoid": qLinearUnary(Sigmoid), "com.microsoft.QLinearLeakyRelu": qLinearLeaky,
	"com.microsoft.QLinearGlobalAveragePool": qLinearGlobal, "com.microsoft.QLinearAveragePool": qLinearPool,
	"com.microsoft.QLinearConcat": qLinearConcat, "com.microsoft.QGemm": qGemm,
}

// requantised gives a result the scale and zero point of two inputs.
func (c *call) requantised(v value, scale, zero int) []value {
	return []value{c.quantise(c.onDevice(v), scale, zero, 0, c.kindOf(zero, Uint8))}
}

func qLinearPair(f func(x, y *Node) *Node) operator {
	return func(c *call) []value {
		return c.requantised(c.pair(c.dequantised(0, 1, 2, 0), c.dequantised(3, 4, 5, 0), f), 6, 7)
	}
}

func qLinearUnary(f func(x *Node) *Node) operator {
	return func(c *call) []value {
		v := c.onDevice(c.dequantised(0, 1, 2, 0))
		return c.requantised(v.like(f(v.node)), 3, 4)
	}
}

func qLinearLeaky(c *call) []value {
	return qLinearUnary(func(x *Node) *Node { return bent(x, MulScalar(x, c.float("alpha", 0.01))) })(c)
}

// between applies an operator of the standard to a dequantised first input.
func (c *call) between(op operator, scale, zero int) []value {
	if c.flag("channels_last") {
		panic(unsupported("channels_last"))
	}
	n := &Operation{Name: c.n.Name, Op: c.n.Op, Inputs: []string{"x"}, Outputs: c.n.Outputs[:1], attributes: c.n.attributes, opset: c.n.opset}
	return c.requantised(op(&call{builder: c.builder, n: n, in: []value{c.dequantised(0, 1, 2, 0)}})[0], scale, zero)
}

func qLinearGlobal(c *call) []value { return c.between(global(ReduceMean), 3, 4) }

func qLinearPool(c *call) []value { return c.between(averagePool, 3, 4) }

// qLinearConcat has its own scale and zero point first, then three inputs for each array.
func qLinearConcat(c *call) []value {
	n := &Operation{Name: c.n.Name, Op: "Concat", Outputs: c.n.Outputs[:1], attributes: c.n.attributes, opset: c.n.opset}
	inner := &call{builder: c.builder, n: n}
	for i := 2; i+2 < len(c.in); i += 3 {
		n.Inputs = append(n.Inputs, c.n.Inputs[i])
		inner.in = append(inner.in, c.dequantised(i, i+1, i+2, 0))
	}
	return c.requantised(concatenate(inner)[0], 0, 1)
}

// qGemm is alpha·A·B + C, quantised unless it has no scale for the result.
func qGemm(c *call) []value {
	a, b := c.plain(c.dequantised(0, 1, 2, 0)).node, c.plain(c.dequantised(3, 4, 5, 1-c.integer("transB", 0))).node
	left, right := 1, 0
	if c.flag("transA") {
		left = 0
	}
	if c.flag("transB") {
		right = 1
	}
	v := value{node: MulScalar(DotGeneral(a, []int{left}, nil, b, []int{right}, nil), c.float("alpha", 1))}
	if c.has(6) { // whole numbers with the scale of the products
		scale := c.pair(c.vector(c.input(1), 0, 2), c.vector(c.input(4), 1, 2), Mul)
		scale.node = MulScalar(scale.node, c.float("alpha", 1))
		v = c.pair(v, c.pair(c.whole(c.input(6)), scale, Mul), Add)
	}
	if !c.has(7) {
		return []value{v}
	}
	return c.requantised(v, 7, 8)
}
