package onnx

import "slices"

// hostOps compute with integers that are all known while the graph is built.
var hostOps = map[string]func(c *call) *ints{
	"Add": arithmetic(func(a, b int64) int64 { return a + b }),
	"Sub": arithmetic(func(a, b int64) int64 { return a - b }),
	"Mul": arithmetic(func(a, b int64) int64 { return a * b }),
	"Div": arithmetic(divide), "Mod": hostMod,
	"Max":            arithmetic(func(a, b int64) int64 { return max(a, b) }),
	"Min":            arithmetic(func(a, b int64) int64 { return min(a, b) }),
	"Equal":          comparison(func(a, b int64) int64 { return truth(a == b) }),
	"Greater":        comparison(func(a, b int64) int64 { return truth(a > b) }),
	"GreaterOrEqual": comparison(func(a, b int64) int64 { return truth(a >= b) }),
	"Less":           comparison(func(a, b int64) int64 { return truth(a < b) }),
	"LessOrEqual":    comparison(func(a, b int64) int64 { return truth(a <= b) }),
	"And":            comparison(func(a, b int64) int64 { return a & b }),
	"Or":             comparison(func(a, b int64) int64 { return a | b }),
	"Xor":            comparison(func(a, b int64) int64 { return a ^ b }),
	"BitwiseAnd":     arithmetic(func(a, b int64) int64 { return a & b }),
	"BitwiseOr":      arithmetic(func(a, b int64) int64 { return a | b }),
	"BitwiseXor":     arithmetic(func(a, b int64) int64 { return a ^ b }),
	"BitwiseNot":     each(func(a int64) int64 { return ^a }),
	"BitShift":       bitShift,
	"Not":            each(func(a int64) int64 { return 1 - a }),
	"Neg":            each(func(a int64) int64 { return -a }),
	"Abs":            each(func(a int64) int64 { return max(a, -a) }),
	"Where":          hostWhere,
	"Gather":         hostGather,
	"Concat":         hostConcat,
	"Slice":          func(c *call) *ints { return slice(c)[0].host },
	"Squeeze":        func(c *call) *ints { return c.known(0).reshaped(c.squeezed()) },
	"Unsqueeze":      func(c *call) *ints { return c.known(0).reshaped(c.unsqueezed()) },
	"Flatten":        func(c *call) *ints { return c.known(0).reshaped(flattened(c.known(0).dims, c.integer("axis", 1))) },
	"Reshape": func(c *call) *ints {
		return c.known(0).reshaped(newShape(c.known(0).dims, c.known(1).values(), c.flag("allowzero")))
	},
	"Transpose": func(c *call) *ints { return c.known(0).transposed(c.permutation(len(c.known(0).dims))) },
	"Expand": func(c *call) *ints {
		return c.known(0).expand(broadcastDims(c.known(0).dims, c.known(1).values()))
	},
	"Range":      hostRange,
	"ReduceProd": total(1, func(a, b int64) int64 { return a * b }),
	"ReduceSum":  total(0, func(a, b int64) int64 { return a + b }),
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// divide rounds towards zero.
func divide(a, b int64) int64 {
	if b == 0 {
		panic(unsupported("a division by zero"))
	}
	return a / b
}

// modulo has the sign of the divisor, as fmod=0 wants.
func modulo(a, b int64) int64 {
	if b == 0 {
		panic(unsupported("a division by zero"))
	}
	r := a % b
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

// bitShift shifts bits of non-negative numbers.
func bitShift(c *call) *ints {
	right := c.text("direction", "") == "RIGHT"
	return arithmetic(func(a, b int64) int64 {
		switch {
		case a < 0 || b < 0:
			panic(unsupported("%d is shifted by %d bits", a, b))
		case right:
			return int64(uint64(a) >> uint64(b))
		}
		return int64(uint64(a) << uint64(b))
	})(c)
}

// hostMod has the sign of the dividend with fmod.
func hostMod(c *call) *ints {
	if !c.flag("fmod") {
		return arithmetic(modulo)(c)
	}
	return arithmetic(func(a, b int64) int64 {
		if b == 0 {
			panic(unsupported("a division by zero"))
		}
		return a % b
	})(c)
}

// arithmetic joins any number of operands.
func arithmetic(f func(a, b int64) int64) func(c *call) *ints {
	return func(c *call) *ints {
		x := c.known(0)
		for i := 1; i < len(c.in); i++ {
			x = elementwise(x, c.known(i), false, f)
		}
		return x
	}
}

func comparison(f func(a, b int64) int64) func(c *call) *ints {
	return func(c *call) *ints { return elementwise(c.known(0), c.known(1), true, f) }
}

func each(f func(a int64) int64) func(c *call) *ints {
	return func(c *call) *ints {
		x := c.known(0)
		out := &ints{dims: x.dims, data: slices.Clone(x.data), bool: x.bool}
		for i, v := range out.data {
			out.data[i] = f(v)
		}
		return out
	}
}

func hostWhere(c *call) *ints {
	cond, x, y := c.known(0), c.known(1), c.known(2)
	dims := broadcastDims(cond.dims, broadcastDims(x.dims, y.dims))
	cond, x, y = cond.expand(dims), x.expand(dims), y.expand(dims)
	out := newInts(dims, x.bool)
	for i, t := range cond.data {
		if t != 0 {
			out.data[i] = x.data[i]
		} else {
			out.data[i] = y.data[i]
		}
	}
	return out
}

func hostGather(c *call) *ints {
	x := c.known(0)
	a := axis(c.integer("axis", 0), len(x.dims))
	at := c.indices(x.dims[a])
	dims := slices.Concat(x.dims[:a], at.dims, x.dims[a+1:])
	checkSize(dims, maxInts)
	return x.take(a, at.values()).reshaped(dims)
}

func hostConcat(c *call) *ints {
	xs := make([]*ints, len(c.in))
	for i := range xs {
		xs[i] = c.known(i)
	}
	return concat(xs, axis(c.integer("axis", 0), len(xs[0].dims)))
}

// hostRange counts from input 0 to below input 1 in steps of input 2.
func hostRange(c *call) *ints {
	for i := range 3 {
		if len(c.known(i).data) != 1 {
			panic(bad("start, limit and step of a range are single numbers"))
		}
	}
	start, limit, step := c.known(0).data[0], c.known(1).data[0], c.known(2).data[0]
	if step == 0 {
		panic(bad("a step of 0"))
	}
	n := (limit - start) / step
	if (limit-start)%step != 0 && (limit-start < 0) == (step < 0) {
		n++
	}
	if n > maxInts {
		panic(unsupported("a range of %d numbers", n))
	}
	out := newInts([]int{int(max(n, 0))}, false)
	for i := range out.data {
		out.data[i] = start + int64(i)*step
	}
	return out
}

// total reduces all elements.
func total(start int64, f func(a, b int64) int64) func(c *call) *ints {
	return func(c *call) *ints {
		x := c.known(0)
		axes, _ := c.listed("axes", 1)
		if len(axes) != 0 && len(reduceAxes(axes, len(x.dims))) != len(x.dims) {
			panic(unsupported("integers are reduced along some axes only"))
		}
		out := newInts(nil, false)
		out.data[0] = start
		for _, v := range x.data {
			out.data[0] = f(out.data[0], v)
		}
		if c.integer("keepdims", 1) != 0 {
			return out.reshaped(slices.Repeat([]int{1}, len(x.dims)))
		}
		return out
	}
}
