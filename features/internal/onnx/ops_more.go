package onnx

import (
	"math"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// moreMathOps are rarer functions of each element.
var moreMathOps = map[string]operator{
	"Tan":  unary(func(x *Node) *Node { return Div(Sin(x), Cos(x)) }),
	"Asin": unary(func(x *Node) *Node { return Atan2(x, besideUnit(x)) }),
	"Acos": unary(func(x *Node) *Node { return Atan2(besideUnit(x), x) }),
	"Atan": unary(func(x *Node) *Node { return Atan2(x, OnesLike(x)) }),
	"Sinh": unary(func(x *Node) *Node {
		e := Expm1(Abs(x))
		return Mul(Sign(x), MulScalar(Add(e, Div(e, OnePlus(e))), 0.5))
	}),
	"Cosh":  unary(func(x *Node) *Node { return MulScalar(Add(Exp(x), Exp(Neg(x))), 0.5) }),
	"Asinh": unary(asinh),
	"Acosh": unary(func(x *Node) *Node { y := MinusOne(x); return Log1p(Add(y, Sqrt(Mul(y, AddScalar(x, 1))))) }),
	"Atanh": unary(func(x *Node) *Node { return MulScalar(Sub(Log1p(x), Log1p(Neg(x))), 0.5) }),
	"IsNaN": unary(IsNaN), "IsInf": isInf, "Mod": modulus, "Xor": pairwise(LogicalXor),
	"ThresholdedRelu": thresholded, "Shrink": shrink, "MeanVarianceNormalization": meanVariance, "Range": rangeOfFloats,
}

// besideUnit is √(1 - x²), without loss near 1.
func besideUnit(x *Node) *Node { return Sqrt(Mul(OneMinus(x), OnePlus(x))) }

// asinh is ±log(1 + |x| + x²/(1 + √(1 + x²))).
func asinh(x *Node) *Node {
	a, s := Abs(x), Square(x)
	return Mul(Sign(x), Log1p(Add(a, Div(s, OnePlus(Sqrt(OnePlus(s)))))))
}

// isInf holds for infinities, of one sign if the other is switched off.
func isInf(c *call) []value {
	v := c.onDevice(c.input(0))
	up, down := c.integer("detect_positive", 1) != 0, c.integer("detect_negative", 1) != 0
	high := GreaterThan(v.node, Scalar(c.graph, v.node.DType(), math.MaxFloat32))
	low := LessThan(v.node, Scalar(c.graph, v.node.DType(), -math.MaxFloat32))
	switch {
	case up && down:
		high = LogicalOr(high, low)
	case down:
		high = low
	case !up:
		high = LogicalAnd(high, low)
	}
	return []value{v.like(high)}
}

// modulus has the sign of the divisor, with fmod the sign of the dividend.
func modulus(c *call) []value {
	return []value{c.pair(c.input(0), c.input(1), func(x, y *Node) *Node {
		r := Rem(x, y)
		if c.flag("fmod") {
			return r
		}
		zero := ZerosLike(r)
		off := LogicalAnd(NotEqual(r, zero), NotEqual(LessThan(r, zero), LessThan(y, zero)))
		return Where(off, Add(r, y), r)
	})}
}

// thresholded is x above alpha and 0 elsewhere.
func thresholded(c *call) []value {
	return unary(func(x *Node) *Node {
		return Where(GreaterThan(x, Scalar(c.graph, x.DType(), c.float("alpha", 1))), x, ZerosLike(x))
	})(c)
}

// shrink moves x by bias towards 0 outside ±lambd, and is 0 inside.
func shrink(c *call) []value {
	lambd, bias := c.float("lambd", 0.5), c.float("bias", 0)
	return unary(func(x *Node) *Node {
		above := GreaterThan(x, Scalar(c.graph, x.DType(), lambd))
		below := LessThan(x, Scalar(c.graph, x.DType(), -lambd))
		return Where(below, AddScalar(x, bias), Where(above, AddScalar(x, -bias), ZerosLike(x)))
	})(c)
}

// meanVariance standardises over axes, by default all but the channels, and so over the batch.
func meanVariance(c *call) []value {
	v := c.onDevice(c.input(0))
	axes, ok := c.integers("axes")
	if !ok {
		axes = []int{0, 2, 3}
	}
	axes = reduceAxes(axes, v.node.Rank())
	for i, a := range axes {
		axes[i] = v.at(a)
	}
	centred := Sub(v.node, ReduceAndKeep(v.node, ReduceMean, axes...))
	deviation := Sqrt(ReduceAndKeep(Square(centred), ReduceMean, axes...))
	return []value{v.like(Div(centred, AddScalar(deviation, 1e-9)))}
}

// rangeOfFloats counts from input 0 to below input 1 in steps of input 2.
func rangeOfFloats(c *call) []value {
	for i := range 3 {
		if c.input(i).node != nil {
			panic(unsupported("it is applied to values that are not known before images are; shapes must not depend on them"))
		}
	}
	start, limit, step := c.number(0), c.number(1), c.number(2)
	n := math.Ceil((limit - start) / step)
	if !(n >= 1 && n <= maxInts) {
		panic(unsupported("a range from %g to %g in steps of %g", start, limit, step))
	}
	out := make([]float32, int(n))
	for i := range out {
		out[i] = float32(start + float64(i)*step)
	}
	return []value{{weight: &Tensor{Type: Float32, Dims: []int{len(out)}, floats: out}}}
}

// number is input i, one number that is known while the graph is built.
func (c *call) number(i int) float64 {
	x := c.floats(i)
	if len(x) != 1 {
		panic(bad("its input %q has %d elements, not one", c.n.Inputs[i], len(x)))
	}
	if h := c.input(i).host; h != nil {
		return float64(h.data[0])
	}
	return float64(x[0])
}

// allTrue is a mask that keeps everything.
func (c *call) allTrue(dims []int) *Node {
	return BroadcastToDims(Scalar(c.graph, dtypes.Bool, 1), dims...)
}
