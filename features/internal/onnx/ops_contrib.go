package onnx

import (
	"slices"

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

// fusedOps are operators that ONNX Runtime's optimiser puts in the place of several.
var fusedOps = map[string]operator{
	"com.microsoft.Gelu": gelu, "com.microsoft.FastGelu": fastGelu, "com.microsoft.BiasGelu": biasGelu, "com.microsoft.QuickGelu": quickGelu,
	"com.microsoft.FusedConv": fusedConv, "com.microsoft.FusedMatMul": fusedMatMul,
	"com.microsoft.SkipLayerNormalization": skipLayerNorm,
}

// plus adds input 1, if there is one, to input 0.
func (c *call) plus() value {
	v := c.onDevice(c.input(0))
	if c.has(1) {
		v = c.pair(v, c.input(1), Add)
	}
	return v
}

func fastGelu(c *call) []value {
	v := c.plus()
	return []value{v.like(geluTanh(v.node))}
}

func biasGelu(c *call) []value {
	v := c.plus()
	return []value{v.like(geluErf(v.node))}
}

// quickGelu is x·σ(alpha·x).
func quickGelu(c *call) []value {
	return unary(func(x *Node) *Node { return Mul(x, Sigmoid(MulScalar(x, c.float("alpha", 1.702)))) })(c)
}

// fusedConv adds input 3 to a convolution and applies an activation.
func fusedConv(c *call) []value {
	v := conv(c)[0]
	if c.has(3) {
		v = c.pair(v, c.input(3), Add)
	}
	name := c.text("activation", "")
	if name == "" {
		return []value{v}
	}
	a, _ := c.attribute("activation_params")
	params := append(slices.Clone(a.floats), 0, 0)
	switch name {
	case "Relu":
		v.node = MaxScalar(v.node, 0)
	case "Sigmoid":
		v.node = Sigmoid(v.node)
	case "Tanh":
		v.node = Tanh(v.node)
	case "LeakyRelu":
		v.node = bent(v.node, MulScalar(v.node, params[0]))
	case "Clip":
		v.node = ClipScalar(v.node, float64(params[0]), float64(params[1]))
	case "HardSigmoid":
		v.node = ramp(v.node, float64(params[0]), float64(params[1]))
	default:
		panic(unsupported("activation %q", name))
	}
	return []value{v}
}

// fusedMatMul is alpha·A·B with A and B turned where transA and transB are set.
func fusedMatMul(c *call) []value {
	if c.flag("transBatchA") || c.flag("transBatchB") {
		panic(unsupported("it turns the axes of the batch"))
	}
	turned := func(i int, name string) *Node {
		x := c.node(i)
		if !c.flag(name) || x.Rank() < 2 {
			return x
		}
		perm := lastFrom(0, x.Rank())
		slices.Reverse(perm[x.Rank()-2:])
		return transpose(x, perm)
	}
	return one(MulScalar(MatMul(turned(0, "transA"), turned(1, "transB")), c.float("alpha", 1)))
}

// skipLayerNorm normalises a sum along the last axis; its fourth output is the sum.
func skipLayerNorm(c *call) []value {
	v := c.plus()
	if c.has(4) {
		v = c.pair(v, c.input(4), Add)
	}
	sum := c.plain(v).node
	y := c.pair(value{node: standardised(sum, c.float("epsilon", 1e-12), sum.Rank()-1)}, c.input(2), Mul)
	if c.has(3) {
		y = c.pair(y, c.input(3), Add)
	}
	return []value{y, {}, {}, {node: sum}}
}
