package onnx

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
)

// activationOps are the nonlinearities.
var activationOps = map[string]operator{
	"Relu":    unary(func(x *Node) *Node { return MaxScalar(x, 0) }),
	"Sigmoid": unary(Sigmoid), "Tanh": unary(Tanh), "Erf": unary(Erf), "Softplus": unary(Softplus),
	"Softsign":  unary(func(x *Node) *Node { return Div(x, OnePlus(Abs(x))) }),
	"HardSwish": unary(func(x *Node) *Node { return Mul(x, ramp(x, 1./6, 0.5)) }),
	"Mish":      unary(func(x *Node) *Node { return Mul(x, Tanh(Softplus(x))) }),
	"HardSigmoid": func(c *call) []value {
		return unary(func(x *Node) *Node { return ramp(x, c.float("alpha", 0.2), c.float("beta", 0.5)) })(c)
	},
	"LeakyRelu": func(c *call) []value {
		return unary(func(x *Node) *Node { return bent(x, MulScalar(x, c.float("alpha", 0.01))) })(c)
	},
	"Elu": func(c *call) []value {
		return unary(func(x *Node) *Node { return bent(x, MulScalar(Expm1(MinScalar(x, 0)), c.float("alpha", 1))) })(c)
	},
	"Celu": func(c *call) []value {
		return unary(func(x *Node) *Node {
			a := c.float("alpha", 1)
			return bent(x, MulScalar(Expm1(DivScalar(MinScalar(x, 0), a)), a))
		})(c)
	},
	"Selu": func(c *call) []value {
		// Defaults of the operator: the constants of Klambauer et al., 2017.
		a, g := c.float("alpha", 1.67326319217681884765625), c.float("gamma", 1.05070102214813232421875)
		return unary(func(x *Node) *Node {
			return MulScalar(bent(x, MulScalar(Expm1(MinScalar(x, 0)), a)), g)
		})(c)
	},
	"PRelu": pairwise(func(x, slope *Node) *Node { return bent(x, Mul(slope, x)) }),
	"Clip":  clip, "Gelu": gelu, "Softmax": softmax(Softmax), "LogSoftmax": softmax(LogSoftmax),
}

// ramp is alpha·x + beta, held within 0 and 1.
func ramp(x *Node, alpha, beta float64) *Node {
	return ClipScalar(AddScalar(MulScalar(x, alpha), beta), 0, 1)
}

// bent is x where it is positive, else below.
func bent(x, below *Node) *Node {
	return Where(GreaterThan(x, ScalarZero(x.Graph(), x.DType())), x, below)
}

// clip holds values within bounds, given as attributes before operator set 11.
func clip(c *call) []value {
	v := c.onDevice(c.input(0))
	bound := func(name string, i int, f func(x, y *Node) *Node) {
		if c.has(i) {
			v = c.pair(v, c.input(i), f)
		} else if a, ok := c.attribute(name); ok {
			v = v.like(f(v.node, Scalar(c.graph, v.node.DType(), float64(a.f))))
		}
	}
	bound("min", 1, Max)
	bound("max", 2, Min)
	return []value{v}
}

// gelu is x·Φ(x), or its approximation with tanh.
func gelu(c *call) []value {
	if c.text("approximate", "none") == "tanh" {
		return unary(geluTanh)(c)
	}
	return unary(geluErf)(c)
}

func geluTanh(x *Node) *Node {
	inner := MulScalar(Add(x, MulScalar(Mul(x, Square(x)), 0.044715)), math.Sqrt(2/math.Pi))
	return Mul(MulScalar(x, 0.5), OnePlus(Tanh(inner)))
}

func geluErf(x *Node) *Node {
	return Mul(MulScalar(x, 0.5), OnePlus(Erf(MulScalar(x, math.Sqrt2/2))))
}

// softmax is along one axis; before operator set 13 along that one and all after
// it together.
func softmax(f func(x *Node, axes ...int) *Node) operator {
	return func(c *call) []value {
		x := c.node(0)
		if c.n.opset >= 13 {
			return one(f(x, axis(c.integer("axis", -1), x.Rank())))
		}
		var axes []int
		for a := axis(c.integer("axis", 1), x.Rank()); a < x.Rank(); a++ {
			axes = append(axes, a)
		}
		return one(f(x, axes...))
	}
}
