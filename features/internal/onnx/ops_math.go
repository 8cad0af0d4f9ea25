package onnx

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// mathOps are elementwise arithmetic, comparison and products.
var mathOps = map[string]operator{
	"Add": pairwise(Add), "Sub": pairwise(Sub), "Mul": pairwise(Mul), "Div": pairwise(Div),
	"Pow": power, "Max": folded(Max), "Min": folded(Min), "Sum": folded(Add), "Mean": mean,
	"Abs": unary(Abs), "Neg": unary(Neg), "Exp": unary(Exp), "Log": unary(Log), "Sqrt": unary(Sqrt),
	"Reciprocal": unary(Reciprocal), "Floor": unary(Floor), "Ceil": unary(Ceil), "Round": unary(Round),
	"Sin": unary(Sin), "Cos": unary(Cos), "Sign": unary(Sign), "Identity": identity, "Dropout": dropout,
	"Equal": pairwise(Equal), "Greater": pairwise(GreaterThan), "GreaterOrEqual": pairwise(GreaterOrEqual),
	"Less": pairwise(LessThan), "LessOrEqual": pairwise(LessOrEqual),
	"And": pairwise(LogicalAnd), "Or": pairwise(LogicalOr), "Not": unary(LogicalNot),
	"Where": where, "Cast": cast, "CastLike": castLike,
	"MatMul": matMul, "Gemm": gemm, "Einsum": einsum,
}

// unary is an operator on each element, in whatever order they lie.
func unary(f func(*Node) *Node) operator {
	return func(c *call) []value {
		v := c.onDevice(c.input(0))
		return []value{v.like(f(v.node))}
	}
}

// aligned brings values to one rank and one order of axes, the channels last
// where they lie so in one of them; lengths of 1 are left for the backend.
func (b *builder) aligned(vs ...value) []value {
	rank, last := 0, false
	for _, v := range vs {
		rank, last = max(rank, len(v.dims())), last || v.last
	}
	out := make([]value, len(vs))
	for i, v := range vs {
		switch {
		case len(v.dims()) == 0:
			out[i] = b.onDevice(v) // a scalar goes with all
			continue
		case len(v.dims()) < rank:
			p := b.plain(v)
			v = value{node: Reshape(p.node, lengthened(v.dims(), rank)...)}
		}
		if last {
			out[i] = b.channelsLast(v)
		} else {
			out[i] = b.plain(v)
		}
	}
	return out
}

// lengthened puts ones in front.
func lengthened(dims []int, rank int) []int {
	out := slices.Repeat([]int{1}, rank-len(dims))
	return append(out, dims...)
}

// pair applies f to two values, extended by NumPy's rules.
func (b *builder) pair(x, y value, f func(x, y *Node) *Node) value {
	broadcastDims(x.dims(), y.dims()) // a clear error if they do not fit
	a := b.aligned(x, y)
	if p, q := a[0].node.DType(), a[1].node.DType(); p != q {
		panic(unsupported("it joins %s and %s; export the network with images that are cast to float32 first", p, q))
	}
	return value{node: f(a[0].node, a[1].node), last: a[0].last || a[1].last}
}

func pairwise(f func(x, y *Node) *Node) operator {
	return func(c *call) []value { return []value{c.pair(c.input(0), c.input(1), f)} }
}

// fold joins any number of inputs.
func (c *call) fold(f func(x, y *Node) *Node) value {
	v := c.onDevice(c.input(0))
	for i := 1; i < len(c.in); i++ {
		v = c.pair(v, c.input(i), f)
	}
	return v
}

func folded(f func(x, y *Node) *Node) operator {
	return func(c *call) []value { return []value{c.fold(f)} }
}

func mean(c *call) []value {
	v := c.fold(Add)
	return []value{v.like(DivScalar(v.node, float64(len(c.in))))}
}

// power squares where the exponent is 2, as in the variance of a layer norm.
func power(c *call) []value {
	if e, ok := c.scalar(1); ok && len(c.input(1).dims()) <= len(c.input(0).dims()) {
		switch e {
		case 2:
			return unary(Square)(c)
		case 0.5:
			return unary(Sqrt)(c)
		}
	}
	x, y := c.input(0), c.input(1)
	if y.host != nil {
		y = value{node: c.floats32(y.host)}
	}
	if x.host != nil { // the result is of the base's type
		v := c.pair(value{node: c.floats32(x.host)}, y, Pow)
		return []value{v.like(ConvertDType(v.node, dtypes.Int64))}
	}
	return []value{c.pair(x, y, Pow)}
}

func identity(c *call) []value { return []value{c.input(0)} }

// dropout passes its input on wherever it cannot change anything: outside training mode, for
// nothing is trained here, and with a ratio of 0, as torchvision's Swin has it. Its mask is all
// true then.
func dropout(c *call) []value {
	training := c.has(2) && (c.input(2).host == nil || slices.ContainsFunc(c.known(2).data, func(v int64) bool { return v != 0 }))
	if training && c.dropped() != 0 {
		panic(unsupported("it is in training mode; export the network in evaluation mode"))
	}
	out := []value{c.input(0)}
	if len(c.n.Outputs) > 1 && c.n.Outputs[1] != "" {
		out = append(out, value{node: c.allTrue(c.input(0).dims())})
	}
	return out
}

// dropped is the share that Dropout in training mode takes away, 1/2 unless it
// is given.
func (c *call) dropped() float64 {
	if !c.given(1) {
		return 0.5
	}
	return c.number(1)
}

// where picks between two values; all three are extended by NumPy's rules.
func where(c *call) []value {
	cond, x, y := c.plain(c.input(0)), c.input(1), c.input(2)
	dims := broadcastDims(cond.dims(), broadcastDims(x.dims(), y.dims()))
	full := func(v value) *Node { return extend(c.plain(v).node, dims) }
	return one(Where(full(cond), full(x), full(y)))
}

// extend broadcasts x to dims, which broadcastDims gave.
func extend(x *Node, dims []int) *Node {
	checkSize(dims, maxElements)
	if slices.Equal(x.Shape().Dimensions, dims) {
		return x
	}
	if x.Rank() > 0 {
		x = Reshape(x, lengthened(x.Shape().Dimensions, len(dims))...)
	}
	return BroadcastToDims(x, dims...)
}

// cast changes the kind of number: all floating-point types are float32 here.
func cast(c *call) []value { return c.castTo(DataType(c.integer("to", 0))) }

// castLike takes the kind of its second input.
func castLike(c *call) []value {
	switch like := c.input(1); {
	case like.host != nil && like.host.bool, like.node != nil && like.node.DType() == dtypes.Bool:
		return c.castTo(Bool)
	case like.host != nil, like.node != nil && like.node.DType().IsInt():
		return c.castTo(Int64)
	}
	return c.castTo(Float32)
}

func (c *call) castTo(to DataType) []value {
	v := c.input(0)
	if _, ok := dataTypes[to]; !ok {
		panic(unsupported("a cast to %s", to))
	}
	if to.IsFloat() {
		if v.host != nil {
			return one(c.floats32(v.host))
		}
		if v.weight != nil {
			return []value{v}
		}
		return []value{v.like(ConvertDType(v.node, dtypes.Float32))}
	}
	if v.host != nil {
		out := &ints{dims: v.host.dims, data: slices.Clone(v.host.data), bool: to == Bool, kind: to}
		if out.bool {
			for i, x := range out.data {
				out.data[i] = truth(x != 0)
			}
		}
		return []value{{host: out}}
	}
	v = c.onDevice(v)
	if to == Bool {
		return []value{v.like(NotEqual(v.node, ScalarZero(c.graph, v.node.DType())))}
	}
	return []value{v.like(ConvertDType(v.node, dtypes.Int64))}
}

// matMul is NumPy's matmul.
func matMul(c *call) []value { return one(MatMul(c.node(0), c.node(1))) }

// gemm is alpha·A·B + beta·C, A and B transposed where transA and transB are set.
func gemm(c *call) []value {
	a, b := c.node(0), c.node(1)
	if a.Rank() != 2 || b.Rank() != 2 {
		panic(unsupported("it multiplies arrays of %d and %d dimensions", a.Rank(), b.Rank()))
	}
	left, right := 1, 0
	if c.flag("transA") {
		left = 0
	}
	if c.flag("transB") {
		right = 1
	}
	y := DotGeneral(a, []int{left}, nil, b, []int{right}, nil)
	if alpha := c.float("alpha", 1); alpha != 1 {
		y = MulScalar(y, alpha)
	}
	if !c.has(2) {
		return one(y)
	}
	bias := value{node: c.node(2)}
	if beta := c.float("beta", 1); beta != 1 {
		bias.node = MulScalar(bias.node, beta)
	}
	return []value{c.pair(value{node: y}, bias, Add)}
}
